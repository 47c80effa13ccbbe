"""A usage view: a range, filters, groups within groups; its totals, bars and lines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from .periods import Period, month_after
from .usage_people import People, Person
from .usage_sums import BY_PERSON, DIMENSIONS, Key, Sums, Where, bucket, several, sums

MOST_BARS = 120
NOTHING = Decimal(0)
NUMBERS = ("calls", "unreported", "prompt", "completion", "total", "last")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: `key` has the values of the groups down to its own level."""

    key: Key
    sums: Sums

    @property
    def level(self) -> int:
        return len(self.key) - 1


def lines(
    found: dict[Key, Sums], label: Callable[[int, Any], str], sort: str = "-total"
) -> list[Line]:
    """Groups within groups, each with its own sums, before the groups within it.

    `label(level, value)` is what a value is called; `sort` is "name" or one of NUMBERS, with a
    minus to turn it round. What nobody knows comes last.
    """
    tree: dict[Key, dict[Key, Sums]] = {}
    depth = max(map(len, found), default=0)
    levels: list[dict[Key, Sums]] = [{} for _level in range(depth)]
    for key, one in found.items():
        for level in range(depth):
            prefix = key[: level + 1]
            before = levels[level].get(prefix)
            levels[level][prefix] = one if before is None else both(before, one)
    for sums_of in levels:
        for key, one in sums_of.items():
            tree.setdefault(key[:-1], {})[key] = one
    return list(_walk(tree, (), label, sort))


def with_users(
    period: Period, where: Where, groups: Sequence[str]
) -> tuple[dict[Key, Sums], dict[Key, Sums]]:
    """The sums by user, and those by the groups: read at once if both need the same rows."""
    of_time = any("day" in DIMENSIONS[name] for name in groups)
    personal = where.is_personal or BY_PERSON & set(groups)
    if "user" not in groups and (of_time or not personal):
        return sums(period, where, ["user"]), sums(period, where, groups)
    users, found = several(period, where, ["user"], groups)
    return users, found


def _walk(
    tree: dict[Key, dict[Key, Sums]], parent: Key, label: Callable[[int, Any], str], sort: str
) -> Iterator[Line]:
    within = [Line(key, one) for key, one in tree.get(parent, {}).items()]
    for line in _ordered(within, label, sort):
        yield line
        yield from _walk(tree, line.key, label, sort)


def _ordered(within: list[Line], label: Callable[[int, Any], str], sort: str) -> list[Line]:
    column, down = sort.removeprefix("-"), sort.startswith("-")
    named = sorted(within, key=lambda line: label(line.level, line.key[-1]).casefold())
    if column == "time" and within and isinstance(within[0].key[-1], date):
        return sorted(within, key=lambda line: line.key[-1], reverse=down)
    if column == "time":
        column, down = "total", True
    if column not in NUMBERS:
        return named[::-1] if down and column == "name" else named
    known = [line for line in named if getattr(line.sums, column) is not None]
    unknown = [line for line in named if getattr(line.sums, column) is None]
    return sorted(known, key=lambda line: getattr(line.sums, column), reverse=down) + unknown


def both(one: Sums, other: Sums) -> Sums:
    return Sums(
        calls=one.calls + other.calls,
        reported=one.reported + other.reported,
        estimated=one.estimated + other.estimated,
        prompt=_known(one.prompt, other.prompt),
        completion=_known(one.completion, other.completion),
        total=_known(one.total, other.total),
        cached=one.cached + other.cached,
        reasoning=one.reasoning + other.reasoning,
        priced=one.priced + other.priced,
        anonymized=one.anonymized + other.anonymized,
        moderated=one.moderated + other.moderated,
        unknown_cost=one.unknown_cost + other.unknown_cost,
        costs={
            currency: one.costs.get(currency, NOTHING) + other.costs.get(currency, NOTHING)
            for currency in sorted({*one.costs, *other.costs})
        },
        last=_latest(one.last, other.last),
    )


def in_all(found: dict[Key, Sums]) -> Sums:
    """Of disjoint groups: those by team are not."""
    added = Sums()
    for one in found.values():
        added = both(added, one)
    return added


def _known(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


@dataclass(frozen=True, slots=True)
class Series:
    """The range in buckets of one size, each with its sums, used or not."""

    size: str
    buckets: list[tuple[date, Sums]]
    total: Sums


def series(period: Period, where: Where, size: str = "") -> Series:
    """`size` is day, week or month; what is too fine for the range becomes coarser."""
    size = _size(period, size)
    found = sums(period, where, [size])
    return Series(size, _every(period, size, found), in_all(found))


def _size(period: Period, asked: str) -> str:
    days = period.days
    if days is None:
        return "month"
    usual = "day" if days <= 62 else "week" if days <= 190 else "month"
    widths = {"day": 1, "week": 7, "month": 28}
    if asked not in widths or days / widths[asked] > MOST_BARS:
        return usual
    return asked


def _every(period: Period, size: str, found: dict[Key, Sums]) -> list[tuple[date, Sums]]:
    known = [key[0] for key in found]
    first = period.first or min(known, default=None)
    last = period.last or max(known, default=None)
    if first is None or last is None:
        return []
    buckets = []
    # Of a range without ends that make sense, the last ones.
    day = bucket(first, size)
    while day <= last:
        buckets.append((day, found.get((day,), Sums())))
        day = month_after(day) if size == "month" else day + timedelta(7 if size == "week" else 1)
    return buckets[-max(MOST_BARS, 1) :]


@dataclass(frozen=True, slots=True)
class Persons:
    """Who used most, and the active accounts that used nothing."""

    heaviest: list[tuple[Person, Sums]]
    dormant: list[Person]
    count: int


def persons(found: dict[Key, Sums], people: People, most: int = 5) -> Persons:
    """`found` is by user."""
    ranked = sorted(found, key=lambda key: (-(found[key].total or 0), -found[key].calls, key))
    top = [key[0] for key in ranked if key[0]][:most]
    named = people.named(top)
    used = {key[0] for key in found if found[key].calls}
    return Persons(
        [(named[one], found[(one,)]) for one in top],
        people.dormant(used),
        len(used - {0}),
    )
