"""Adds up the sums by day and month: for a range, by any dimensions, with any filter.

Whoever shows these needs the permission `chat.view_usage`, or shows a person their own. Tokens are
None where no call told them: unknown is never zero. Money is never added across currencies.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from django.db.models import Max, Q, Sum

from chat.models import UsageDay, UsageMonth

from .periods import Period, month_after
from .prices import SMALLEST

# By the name in addresses: columns of the sums. A bucket of time is made from the day.
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "user": ("user_id",),
    "team": ("teams",),
    "provider": ("provider_name",),
    "model": ("provider_name", "model_name"),
    "purpose": ("purpose",),
    "outcome": ("outcome",),
    "day": ("day",),
    "week": ("day",),
    "month": ("day",),
}
BY_DAY = {"day", "week"}
NUMBERS = (
    "calls",
    "reported",
    "estimated",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "total_known",
    "cached_tokens",
    "reasoning_tokens",
    "priced",
    "anonymized",
    "moderated",
)
PRICED = NUMBERS.index("priced")
# More rows than these nobody reads, and they would fill the memory.
MOST_GROUPS = 50_000

Key = tuple[Any, ...]


class TooManyGroups(Exception):
    """The range is too long, or the groups are too fine."""


@dataclass(frozen=True, slots=True)
class Sums:
    """`costs` by currency; `calls - priced` calls have no price. Corrections are no calls."""

    calls: int = 0
    reported: int = 0
    estimated: int = 0
    prompt: int | None = None
    completion: int | None = None
    total: int | None = None
    cached: int = 0
    reasoning: int = 0
    priced: int = 0
    anonymized: int = 0
    moderated: int = 0
    costs: dict[str, Decimal] = field(default_factory=dict)
    last: datetime | None = None

    @property
    def unreported(self) -> int:
        return self.calls - self.reported

    @property
    def unpriced(self) -> int:
        return self.calls - self.priced


@dataclass(frozen=True, slots=True)
class Where:
    """What is looked at; an empty value is no condition. `users` are ids: one of them."""

    users: tuple[int, ...] | None = None
    team: str = ""
    provider: str = ""
    model: str = ""
    purpose: str = ""
    outcome: str = ""

    def condition(self) -> Q:
        condition = Q() if self.users is None else Q(user_id__in=self.users)
        named = {"provider_name": self.provider, "model_name": self.model}
        named |= {"purpose": self.purpose, "outcome": self.outcome}
        condition &= Q(**{column: value for column, value in named.items() if value})
        return condition & in_team(self.team) if self.team else condition

    @property
    def is_everything(self) -> bool:
        return self == Where()


def in_team(team: str) -> Q:
    """Teams are kept as "Law, Sales": as they were when the call was made."""
    first, last, between = f"{team}, ", f", {team}", f", {team}, "
    alone = Q(teams=team)
    return alone | Q(teams__startswith=first) | Q(teams__endswith=last) | Q(teams__contains=between)


class Adding:
    """Sums while rows are added to them."""

    __slots__ = ("costs", "last", "numbers")

    def __init__(self) -> None:
        self.numbers = [0] * len(NUMBERS)
        self.costs: dict[str, Decimal] = {}
        self.last: datetime | None = None

    def add(self, row: Sequence[Any]) -> None:
        """`row` is currency, cost, last, and NUMBERS."""
        currency, cost, last, *numbers = row
        self.numbers = [a + b for a, b in zip(self.numbers, numbers, strict=True)]
        if currency and (cost or numbers[PRICED]):
            self.costs[currency] = self.costs.get(currency, Decimal(0)) + cost
        self.last = last if self.last is None else max(self.last, last)

    def done(self) -> Sums:
        named = dict(zip(NUMBERS, self.numbers, strict=True))
        told = {
            name: named[f"{name}_tokens"]
            if named["total_known"] or named[f"{name}_tokens"]
            else None
            for name in ("prompt", "completion", "total")
        }
        return Sums(
            calls=named["calls"],
            reported=named["reported"],
            estimated=named["estimated"],
            **told,
            cached=named["cached_tokens"],
            reasoning=named["reasoning_tokens"],
            priced=named["priced"],
            anonymized=named["anonymized"],
            moderated=named["moderated"],
            # SQLite adds amounts as binary fractions.
            costs={key: self.costs[key].quantize(SMALLEST) for key in sorted(self.costs)},
            last=self.last,
        )


def sums(period: Period, where: Where, by: Sequence[str] = ()) -> dict[Key, Sums]:
    """By the values of the dimensions; one query or two, whatever the number of rows.

    A user is an id (0: nobody), a model is (provider, name), a bucket of time its first day. Who
    is in several teams counts in each. Raises TooManyGroups.
    """
    found: dict[Key, Adding] = {}
    for key, row in _rows(period, where, by):
        for one in product(*key) if "team" in by else (key,):
            if (adding := found.get(one)) is None:
                adding = found[one] = Adding()
            adding.add(row)
    return {key: adding.done() for key, adding in found.items()}


def total(period: Period, where: Where) -> Sums:
    return sums(period, where).get((), Sums())


def _rows(period: Period, where: Where, by: Sequence[str]) -> Iterator[tuple[Key, Any]]:
    columns = list(dict.fromkeys(column for name in by for column in DIMENSIONS[name]))
    width = len(columns)
    places = [[columns.index(column) for column in DIMENSIONS[name]] for name in by]
    split = "team" in by
    added = {f"sum_{name}": Sum(name) for name in ("cost", *NUMBERS)}
    counts = [f"sum_{name}" for name in NUMBERS]
    for table, days in parts(period, fine=bool(BY_DAY & set(by))):
        rows = table.objects.filter(days, where.condition()).values(*columns, "currency")
        rows = rows.annotate(newest=Max("last_at"), **added).order_by()
        wanted = rows.values_list(*columns, "currency", "sum_cost", "newest", *counts)
        read = list(wanted[: MOST_GROUPS + 1])
        if len(read) > MOST_GROUPS:
            raise TooManyGroups
        for row in read:
            key = tuple(
                _value(name, [row[place] for place in at], split)
                for name, at in zip(by, places, strict=True)
            )
            yield key, row[width:]


def _value(name: str, columns: list[Any], split: bool) -> Any:
    """With `split`, each value is a list of the values for which the row counts."""
    if name == "team":
        return columns[0].split(", ")
    if name == "model":
        value: Any = (columns[0], columns[1])
    elif DIMENSIONS[name] == ("day",):
        value = bucket(columns[0], name)
    else:
        value = columns[0]
    return [value] if split else value


def bucket(day: date, size: str) -> date:
    """The first day of the day's month or week; weeks begin on Monday."""
    if size == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if size == "week" else day


def parts(period: Period, *, fine: bool) -> list[tuple[Any, Q]]:
    """Which table holds which days: whole months are read from the sums by month."""
    first, last = period.first, period.last
    months = _whole_months(period)
    if fine or months is None:
        return [(UsageDay, _between(first, last))]
    begin, end = months
    edges = [
        _between(first, begin - timedelta(days=1)) if first and begin and first < begin else None,
        _between(end, last) if last and end and end <= last else None,
    ]
    days = [edge for edge in edges if edge is not None]
    before_end = Q(day__lt=end) if end else Q()
    whole = (UsageMonth, (Q(day__gte=begin) if begin else Q()) & before_end)
    if not days:
        return [whole]
    return [whole, (UsageDay, days[0] | days[1] if len(days) == 2 else days[0])]


def _whole_months(period: Period) -> tuple[date | None, date | None] | None:
    """The first day of the first whole month, and the day after the last; None: there is none."""
    begin, end = period.first, None
    if begin and begin.day > 1:
        begin = month_after(begin)
    if period.last:
        end = (period.last + timedelta(days=1)).replace(day=1)
    return None if begin and end and begin >= end else (begin, end)


def _between(first: date | None, last: date | None) -> Q:
    return (Q(day__gte=first) if first else Q()) & (Q(day__lte=last) if last else Q())
