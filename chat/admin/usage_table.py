"""The table of a usage page: what its groups are called, and where a click leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.domain.periods import Period, midnight, month_after
from chat.domain.usage import Line
from chat.domain.usage_people import Person
from chat.domain.usage_sums import Sums
from chat.models.completion import Purpose, State

from .usage_query import FILTERS, NAMES, TIMES, UsageQuery

HEADINGS = {
    "calls": _("Calls"),
    "unreported": _("Without reported usage"),
    "prompt": _("Prompt tokens"),
    "completion": _("Completion tokens"),
    "total": _("Total tokens"),
}
# What is asked next, after a click on a group.
NEXT = {"user": "model", "provider": "model", "team": "user"}


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that sorts: `next` is the order that a click asks for."""

    name: str
    heading: Any
    next: str
    direction: str

    @classmethod
    def of(cls, name: str, heading: Any, sort: str) -> Column:
        direction = ""
        if sort.removeprefix("-") == name:
            direction = "descending" if sort.startswith("-") else "ascending"
        largest_first = direction == "ascending" or (not direction and name != "name")
        return cls(name, heading, f"-{name}" if largest_first else name, direction)


@dataclass(frozen=True, slots=True)
class Row:
    line: Line
    label: str
    beneath: str
    gone: bool
    address: str
    records: str

    @property
    def sums(self) -> Sums:
        return self.line.sums


@dataclass(frozen=True, slots=True)
class Labels:
    """What the values of the groups are called; `persons` has everybody who occurs."""

    groups: tuple[str, ...]
    persons: dict[int, Person]

    def __call__(self, level: int, value: Any) -> str:
        return self.of(self.groups[level], value)

    def of(self, name: str, value: Any) -> str:
        if name == "user":
            return self.persons[value].label or gettext("without a user")
        if name == "team":
            return str(value) or gettext("without a team")
        if name == "model":
            return str(value[1])
        if name in TIMES:
            return _time(name, value)
        if name == "provider":
            return str(value)
        return str(dict(Purpose.choices if name == "purpose" else State.choices).get(value, value))

    def beneath(self, name: str, value: Any) -> str:
        if name == "user":
            person = self.persons[value]
            return person.email if person.name else ""
        return str(value[0]) if name == "model" else ""


def _time(name: str, day: date) -> str:
    if name == "month":
        return date_format(day, "F Y")
    if name == "week":
        return gettext("Week from {day}").format(day=date_format(day, "DATE_FORMAT"))
    return date_format(day, "DATE_FORMAT")


def columns(query: UsageQuery) -> list[Column]:
    first = NAMES[query.groups[0]] if len(query.groups) == 1 else path_name(query.groups)
    name = "time" if query.groups[0] in TIMES else "name"
    listed = [(name, first), *HEADINGS.items(), ("last", _("Last use"))]
    return [Column.of(one, heading, query.sort) for one, heading in listed]


def path_name(groups: tuple[str, ...]) -> str:
    return " → ".join(str(NAMES[name]) for name in groups)


def rows(query: UsageQuery, lines: list[Line], labels: Labels) -> Iterator[Row]:
    for line in lines:
        name, value = query.groups[line.level], line.key[-1]
        fields = _filter(query, line.key)
        yield Row(
            line=line,
            label=labels(line.level, value),
            beneath=labels.beneath(name, value),
            gone=name == "user" and value != 0 and not labels.persons[value].present,
            address=query.address(**fields, group=_next(query, line), sort="", page="", q=""),
            records=records_address({**query.fields, **fields}, _days(query.period, line, query)),
        )


def _next(query: UsageQuery, line: Line) -> str:
    rest = query.groups[line.level + 1 :]
    return ",".join(rest) or NEXT.get(query.groups[line.level], "user")


def _filter(query: UsageQuery, key: tuple[Any, ...]) -> dict[str, Any]:
    """The fields that hold for a line and all that it is within."""
    fields: dict[str, Any] = {}
    for name, value in zip(query.groups, key, strict=False):
        if name == "model":
            fields |= {"provider": value[0], "model": value[1]}
        elif name in TIMES:
            days = within(query.period, name, value)
            fields |= {"period": "", "first": days.first, "last": days.last}
        else:
            fields[name] = value
    return fields


def within(period: Period, name: str, day: date) -> Period:
    """The days of a bucket that are within the period."""
    if name == "month":
        last = month_after(day) - timedelta(days=1)
    else:
        last = day + timedelta(days=6 if name == "week" else 0)
    first = max(day, period.first) if period.first else day
    return Period(first, min(last, period.last) if period.last else last)


def _days(period: Period, line: Line, query: UsageQuery) -> Period:
    for name, value in zip(query.groups, line.key, strict=False):
        if name in TIMES:
            period = within(period, name, value)
    return period


def records_address(fields: dict[str, Any], period: Period) -> str:
    """The list of single records with the same filters."""
    asked: dict[str, Any] = {}
    if period.first:
        asked["created_at__gte"] = midnight(period.first).isoformat()
    if period.last:
        asked["created_at__lt"] = midnight(period.last + timedelta(days=1)).isoformat()
    if fields.get("user") not in (None, ""):
        key = "user__isnull" if int(fields["user"]) == 0 else "user__id__exact"
        asked[key] = 1 if int(fields["user"]) == 0 else fields["user"]
    columns = {"provider": "provider_name", "model": "model_name"}
    asked |= {columns.get(name, name): fields[name] for name in FILTERS if fields.get(name)}
    for name in ("purpose", "outcome"):
        if name in asked:
            asked[f"{name}__exact"] = asked.pop(name)
    return f"{reverse('admin:chat_usagerecord_changelist')}?{urlencode(asked)}"


def export_header(query: UsageQuery, currencies: list[str]) -> list[Any]:
    named: list[Any] = []
    for name in query.groups:
        named += [_("Name"), _("Email")] if name == "user" else [NAMES[name]]
        named += [_("Provider")] if name == "model" else []
    costs = [_("Cost {currency}").format(currency=currency) for currency in currencies]
    missing = [_("Calls without a price"), _("Calls of unknown cost")]
    return [*named, *HEADINGS.values(), *costs, *missing, _("Last use")]


def export_rows(
    query: UsageQuery, lines: list[Line], labels: Labels, currencies: list[str]
) -> Iterator[list[object]]:
    """The finest groups only: so the rows can be added up, but for people in several teams."""
    for line in lines:
        if line.level + 1 < len(query.groups):
            continue
        named: list[object] = []
        for name, value in zip(query.groups, line.key, strict=True):
            named += _cells(name, value, labels)
        one = line.sums
        last = timezone.localtime(one.last).strftime("%Y-%m-%d %H:%M") if one.last else ""
        numbers = [getattr(one, name) for name in HEADINGS]
        costs = [one.costs.get(currency) for currency in currencies]
        yield [*named, *numbers, *costs, one.unpriced, one.unknown_cost, last]


def _cells(name: str, value: Any, labels: Labels) -> list[object]:
    if name == "user":
        return [labels.persons[value].name, labels.persons[value].email]
    if name == "model":
        return [value[1], value[0]]
    return [value.isoformat() if name in TIMES else labels.of(name, value)]
