"""Keeps the sums by day and month that the usage pages read; makes them anew from the ledger."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from chat.models import UsageDay, UsageMonth, UsageRecord, UsageTotal
from chat.models.usage_day import SUMS, PersonalSum, UsageSum

from .periods import midnight, month_after

LEDGER = UsageRecord._meta.db_table
TABLES: tuple[type[UsageSum], ...] = (UsageDay, UsageMonth, UsageTotal)
TOKENS = [name for name in SUMS if name.endswith("_tokens")]
# A correction changes sums, but is no call.
CALLS = {
    "calls": "TRUE",
    "reported": "source = 'reported'",
    "estimated": "source = 'estimated'",
    "unknown": "source = 'unknown'",
    "total_known": "total_tokens IS NOT NULL",
    "priced": "cost IS NOT NULL",
    "anonymized": "anonymized",
    "moderated": "moderated",
}
# Columns of sums as they are found in the ledger, where they are not columns of its own.
FOUND = {
    "user_id": "COALESCE(user_id, 0)",
    **{name: f"COUNT(*) FILTER (WHERE corrects IS NULL AND {CALLS[name]})" for name in CALLS},
    **{name: f"COALESCE(SUM({name}), 0)" for name in (*TOKENS, "cost")},
}
ONE, MANY = "id = %s", "created_at >= %s AND created_at < %s"


def add(record: UsageRecord) -> None:
    """Part of the transaction that adds the record to the ledger."""
    day = timezone.localdate(record.created_at)
    for table in TABLES:
        _add(table, day.replace(day=1) if table is UsageMonth else day, ONE, [record.pk])


@transaction.atomic
def rebuild() -> int:
    """From the whole ledger; for another time zone, or after a restore. Returns the rows read.

    In spans, so that no statement takes long. Calls that end meanwhile wait.
    """
    _empty()
    counted = list(days())
    for day in counted:
        span = moments(day, day + timedelta(days=1))
        _add(UsageDay, day, MANY, span)
        _add(UsageTotal, day, MANY, span)
    for month in sorted({day.replace(day=1) for day in counted}):
        _add(UsageMonth, month, MANY, moments(month, month_after(month)))
    return UsageRecord.objects.count()


def _empty() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            name = table._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - our name


def days() -> Iterator[date]:
    """On which there are calls, by the ledger."""
    later = UsageRecord.objects.all()
    while first := later.aggregate(first=Min("created_at"))["first"]:
        day = timezone.localdate(first)
        yield day
        later = UsageRecord.objects.filter(created_at__gte=midnight(day + timedelta(days=1)))


def moments(first: date, after: date) -> list[Any]:
    """At which the days begin, as the database compares them."""
    return [connection.ops.adapt_datetimefield_value(midnight(day)) for day in (first, after)]


def _add(table: type[UsageSum], day: date, which: str, values: list[Any]) -> None:
    """Rows of the ledger that are all in the span that begins on `day`."""
    first = connection.ops.adapt_datefield_value(day)
    with connection.cursor() as cursor:
        cursor.execute(_statement(table, which), [first, *values])


@cache
def _statement(table: type[UsageSum], which: str) -> str:
    """Two calls that end at one instant both count: the database adds, not Python.

    Who changed their name stands under the one of their last call.
    """
    name, kinds = table._meta.db_table, ", ".join(table.kinds)
    named = ["user_name"] if issubclass(table, PersonalSum) else []
    columns = [*table.kinds, *SUMS, "last_at"]
    taken = ", ".join([*(f"found.{one}" for one in columns), *(f"newest.{one}" for one in named)])
    added = [f"{one} = {name}.{one} + excluded.{one}" for one in SUMS]
    renamed = [f"{one} = excluded.{one}" for one in named]
    newer = f"excluded.last_at > {name}.last_at"
    later = f"last_at = CASE WHEN {newer} THEN excluded.last_at ELSE {name}.last_at END"
    return (
        f"INSERT INTO {name} (day, {', '.join([*columns, *named])}) SELECT %s, {taken} FROM"  # noqa: S608 - our names
        f" ({of_ledger(table.kinds, which)}) found"
        f" JOIN {LEDGER} newest ON newest.id = found.newest_id WHERE TRUE"
        f" ON CONFLICT (day, {kinds}) DO UPDATE SET {', '.join([*added, later, *renamed])}"
    )


def of_ledger(kinds: tuple[str, ...], which: str) -> str:
    """A query: for each kind of the rows, `kinds`, SUMS, `last_at`, and the id of the newest."""
    found = ", ".join(f"{FOUND.get(one, one)} AS {one}" for one in (*kinds, *SUMS))
    return (
        f"SELECT {found}, MAX(created_at) AS last_at, MAX(id) AS newest_id"  # noqa: S608 - our names
        f" FROM {LEDGER} WHERE {which} GROUP BY {', '.join(kinds)}"
    )
