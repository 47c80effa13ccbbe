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

from django.db.models import Max, Q, QuerySet, Sum

from .periods import Period
from .prices import SMALLEST
from .usage_tables import tables

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
BY_PERSON = {"user", "team"}
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
CALLS, PRICED = NUMBERS.index("calls"), NUMBERS.index("priced")
# More rows than these nobody reads, and they would fill the memory.
MOST_GROUPS = 50_000

Key = tuple[Any, ...]


class TooManyGroups(Exception):
    """The range is too long, or the groups are too fine."""


@dataclass(frozen=True, slots=True)
class Sums:
    """`costs` by currency; `priced` calls are in them. Corrections are no calls.

    `unknown_cost`: calls that have a price, but nobody knows what they used.
    """

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
    unknown_cost: int = 0
    costs: dict[str, Decimal] = field(default_factory=dict)
    last: datetime | None = None

    @property
    def unreported(self) -> int:
        return self.calls - self.reported

    @property
    def unpriced(self) -> int:
        """Calls for which no price was entered."""
        return self.calls - self.priced - self.unknown_cost


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

    @property
    def is_personal(self) -> bool:
        """It asks who called, not only what was called."""
        return self.users is not None or bool(self.team)


def in_team(team: str) -> Q:
    """Teams are kept as "Law, Sales": as they were when the call was made."""
    first, last, between = f"{team}, ", f", {team}", f", {team}, "
    alone = Q(teams=team)
    return alone | Q(teams__startswith=first) | Q(teams__endswith=last) | Q(teams__contains=between)


class Adding:
    """Sums while rows are added to them."""

    __slots__ = ("costs", "last", "numbers", "unknown_cost")

    def __init__(self) -> None:
        self.numbers = [0] * len(NUMBERS)
        self.unknown_cost = 0
        self.costs: dict[str, Decimal] = {}
        self.last: datetime | None = None

    def add(self, row: Sequence[Any]) -> None:
        """`row` is currency, cost, last, and NUMBERS."""
        currency, cost, last, *numbers = row
        self.numbers = [a + b for a, b in zip(self.numbers, numbers, strict=True)]
        if currency:
            self.unknown_cost += numbers[CALLS] - numbers[PRICED]
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
            unknown_cost=self.unknown_cost,
            # SQLite adds amounts as binary fractions.
            costs={key: self.costs[key].quantize(SMALLEST) for key in sorted(self.costs)},
            last=self.last,
        )


def sums(period: Period, where: Where, by: Sequence[str] = ()) -> dict[Key, Sums]:
    """By the values of the dimensions; one query or two, whatever the number of rows.

    A user is an id (0: nobody), a model is (provider, name), a bucket of time its first day. Who
    is in several teams counts in each. Raises TooManyGroups.
    """
    return several(period, where, by)[0]


def several(period: Period, where: Where, *groups: Sequence[str]) -> list[dict[Key, Sums]]:
    """The sums by each of the groups, read at once: as many rows as by all of them together."""
    names = {name for by in groups for name in by}
    columns = list(dict.fromkeys(column for name in sorted(names) for column in DIMENSIONS[name]))
    foldings = [Folding(by, columns) for by in groups]
    for row in _rows(period, where, names, columns):
        for folding in foldings:
            folding.add(row)
    return [folding.done() for folding in foldings]


def total(period: Period, where: Where) -> Sums:
    return sums(period, where).get((), Sums())


def _rows(period: Period, where: Where, names: set[str], columns: list[str]) -> Iterator[Any]:
    """`columns`, then as Adding wants it."""
    added = {f"sum_{name}": Sum(name) for name in ("cost", *NUMBERS)}
    counts = [f"sum_{name}" for name in NUMBERS]
    personal = where.is_personal or bool(BY_PERSON & names)
    for table, days in tables(period, personal=personal, fine=bool(BY_DAY & names)):
        rows: QuerySet[Any, Any] = QuerySet(table).filter(days, where.condition())
        rows = rows.values(*columns, "currency").annotate(newest=Max("last_at"), **added)
        wanted = rows.order_by().values_list(*columns, "currency", "sum_cost", "newest", *counts)
        read = list(wanted[: MOST_GROUPS + 1])
        if len(read) > MOST_GROUPS:
            raise TooManyGroups
        yield from read


class Folding:
    """Rows with `columns` added up by the dimensions `by`."""

    def __init__(self, by: Sequence[str], columns: list[str]) -> None:
        self._parts = [
            (name, [columns.index(column) for column in DIMENSIONS[name]]) for name in by
        ]
        self._width = len(columns)
        self._split = "team" in by
        self._found: dict[Key, Adding] = {}

    def add(self, row: Sequence[Any]) -> None:
        key = tuple(
            _value(name, [row[place] for place in at], self._split) for name, at in self._parts
        )
        for one in product(*key) if self._split else (key,):
            if (adding := self._found.get(one)) is None:
                adding = self._found[one] = Adding()
            adding.add(row[self._width :])

    def done(self) -> dict[Key, Sums]:
        return {key: adding.done() for key, adding in self._found.items()}


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
