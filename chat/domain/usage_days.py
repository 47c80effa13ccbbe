"""Keeps the sums by day and month that the usage pages read; makes them anew from the ledger."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from chat.models import UsageDay, UsageMonth, UsageRecord
from chat.models.usage_record import Source

KEYS = (
    "day",
    "user_id",
    "user_email",
    "teams",
    "provider_name",
    "model_name",
    "purpose",
    "outcome",
    "currency",
)
SUMS = (
    "calls",
    "reported",
    "estimated",
    "unknown",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "total_known",
    "cached_tokens",
    "reasoning_tokens",
    "cost",
    "priced",
    "anonymized",
    "moderated",
)
COLUMNS = (*KEYS, "user_name", *SUMS, "last_at")
BATCH = 5000


def add(record: UsageRecord) -> None:
    """Part of the transaction that adds the record to the ledger."""
    _upsert([_values(record)])


def _upsert(rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_statement(UsageDay), rows)
        cursor.executemany(_statement(UsageMonth), [_by_month(row) for row in rows])


@cache
def _statement(model: type[UsageDay] | type[UsageMonth]) -> str:
    """Two calls that end at one instant both count: the database adds, not Python."""
    table = model._meta.db_table
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in SUMS)
    newer = f"excluded.last_at > {table}.last_at"
    later = f"CASE WHEN {newer} THEN excluded.last_at ELSE {table}.last_at END"
    return (
        f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608 - our names
        f" ON CONFLICT ({', '.join(KEYS)}) DO UPDATE SET {sums}, last_at = {later},"
        " user_name = excluded.user_name"
    )


def _by_month(row: tuple[Any, ...]) -> tuple[Any, ...]:
    day = row[0]
    first = day[:8] + "01" if isinstance(day, str) else day.replace(day=1)
    return (first, *row[1:])


def _values(record: UsageRecord) -> tuple[Any, ...]:
    """As columns of UsageDay. A correction changes sums, but is no call."""
    call = int(record.corrects is None)
    known = int(record.total_tokens is not None) * call
    adapt = connection.ops
    return (
        adapt.adapt_datefield_value(timezone.localdate(record.created_at)),
        record.user_id or 0,
        record.user_email,
        record.teams,
        record.provider_name,
        record.model_name,
        record.purpose,
        record.outcome,
        record.currency,
        record.user_name,
        call,
        call * (record.source == Source.REPORTED),
        call * (record.source == Source.ESTIMATED),
        call * (record.source == Source.UNKNOWN),
        record.prompt_tokens or 0,
        record.completion_tokens or 0,
        record.total_tokens or 0,
        known,
        record.cached_tokens or 0,
        record.reasoning_tokens or 0,
        adapt.adapt_decimalfield_value(Decimal(record.cost or 0), 18, 8),
        call * (record.cost is not None),
        call * (record.anonymized is True),
        call * (record.moderated is True),
        adapt.adapt_datetimefield_value(record.created_at),
    )


@transaction.atomic
def rebuild() -> int:
    """From the whole ledger; for another time zone, or after a restore. Returns the rows read."""
    UsageDay.objects.all().delete()
    UsageMonth.objects.all().delete()
    count = 0
    for records in _batches():
        _upsert([_values(record) for record in records])
        count += len(records)
    return count


def _batches() -> Iterator[list[UsageRecord]]:
    last = 0
    while records := list(UsageRecord.objects.filter(id__gt=last).order_by("id")[:BATCH]):
        yield records
        last = records[-1].id
