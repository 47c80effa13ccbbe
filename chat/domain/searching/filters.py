"""From filters to marks of the index and moments."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from chat.models import LanguageModel, User

from .query import Query
from .wanted import TEXTS

# So many people or models may be called alike.
MOST_NAMED = 100
FIRST_YEAR = 2015

ME = {"me", "ich", "mir", "moi", "je", "io", "me stesso"}
ASSISTANT = {"assistant", "assistent", "assistente", "ai", "ki", "ia"}
TITLES = {"title", "titles", "titel", "titre", "titres", "titolo", "titoli"}
MESSAGES = {"message", "messages", "nachricht", "nachrichten", "messaggio", "messaggi"}
COMMENTS = {
    "comment", "comments", "kommentar", "kommentare", "kommentaren", "commentaire",
    "commentaires", "commento", "commenti",
}  # fmt: skip
_HAS = {
    "code": ("code", "codice"),
    "table": ("table", "tables", "tabelle", "tableau", "tabella"),
    "link": ("link", "links", "lien", "liens", "collegamento"),
    "attachment": (
        "attachment", "attachments", "file", "files", "anhang", "datei", "fichier",
        "pièce", "piece", "allegato",
    ),
    "comment": ("comment", "comments", "kommentar", "kommentare", "commentaire", "commento"),
}  # fmt: skip
HAS = {spelled: name for name, spellings in _HAS.items() for spelled in spellings}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`texts`: which ones of messages are searched, if any; `titles`: whether titles are.

    `unknown`: filters whose values make no sense, as they were typed.
    """

    marks: tuple[tuple[str, ...], ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    titles: bool = True
    texts: tuple[str, ...] = TEXTS
    unknown: tuple[str, ...] = ()


# No such mark exists: nothing is found.
NOBODY = ("none",)


def narrowing(user: User, query: Query) -> Narrowing:
    """At most a query for each filter that names somebody or something."""
    has = [(value, HAS.get(value.casefold())) for value in query.values("has")]
    places = [(value, _place(value)) for value in query.values("in")]
    since = [(value, _day(value)) for value in query.values("after")]
    until = [(value, _day(value)) for value in query.values("before")]
    after = max((day for _value, day in since if day), default=None)
    before = min((day for _value, day in until if day), default=None)
    found = {f"h{name}" for _value, name in has if name}
    sought = {place for _value, place in places if place} or {*TEXTS, "titles"}
    if sought == {"comments"}:
        found.add("hcomment")
    marks = [*_named(user, query), *((mark,) for mark in sorted(found))]
    if after is not None or before is not None:
        marks.append(tuple(_months(after, before)))
    return Narrowing(
        marks=tuple(marks),
        since=_midnight(after) if after is not None else None,
        until=_midnight(before) if before is not None else None,
        titles="titles" in sought,
        texts=tuple(text for text in TEXTS if text in sought),
        unknown=tuple(value for value, sense in [*has, *places, *since, *until] if not sense),
    )


def _named(user: User, query: Query) -> Iterator[tuple[str, ...]]:
    for value in query.values("from"):
        yield from _from(user, value)
    for value in query.values("model"):
        yield _model(value)


def _place(value: str) -> str:
    """Titles, one of TEXTS, or nothing."""
    said = value.casefold()
    if said in COMMENTS:
        return "comments"
    return "titles" if said in TITLES else "words" if said in MESSAGES else ""


def _from(user: User, value: str) -> list[tuple[str, ...]]:
    said = value.casefold()
    if said in ASSISTANT:
        return [("ra",)]
    if said in ME:
        return [("ru",), (f"a{user.id}",)]
    called = Q(name__icontains=value) | Q(email__istartswith=value)
    people = User.objects.filter(called).values_list("id", flat=True)[:MOST_NAMED]
    return [("ru",), tuple(f"a{number}" for number in people) or NOBODY]


def _model(value: str) -> tuple[str, ...]:
    called = Q(label__icontains=value) | Q(model_name__icontains=value)
    models = LanguageModel.objects.filter(called).values_list("id", flat=True)[:MOST_NAMED]
    return tuple(f"m{number}" for number in models) or NOBODY


def _day(value: str) -> date | None:
    """2026-05-31, 31.5.2026, 31/5/2026, 2026-05, 2026: the first day of it."""
    numbers = [int(number) for number in re.findall(r"[0-9]{1,4}", value)][:3]
    if re.fullmatch(r"[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}", value):
        numbers.reverse()
    elif not re.fullmatch(r"[0-9]{4}(-[0-9]{1,2}){0,2}", value):
        return None
    year, month, day = (*numbers, 1, 1)[:3]
    possible = 1 <= month <= 12 and 1900 <= year <= 2200
    return date(year, month, day) if possible and _is_in(year, month, day) else None


def _is_in(year: int, month: int, day: int) -> bool:
    return 1 <= day <= calendar.monthrange(year, month)[1]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _months(after: date | None, before: date | None) -> Iterator[str]:
    """Marks of whole years, and of the months of those that are not whole.

    A day more at both ends: the marks are of UTC's days.
    """
    earliest = date(FIRST_YEAR, 1, 1)
    first = max(after - timedelta(days=1), earliest) if after is not None else earliest
    last = min(before or date.max, timezone.localdate() + timedelta(days=1))
    for year in range(first.year, last.year + 1):
        begin = first.month if year == first.year else 1
        end = last.month if year == last.year else 12
        if (begin, end) == (1, 12):
            yield f"y{year}"
        else:
            yield from (f"t{year}{month:02}" for month in range(begin, end + 1))
    # Before everything or after everything: nothing is found.
    yield NOBODY[0]
