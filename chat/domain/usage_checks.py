"""Compares the sums by day and month with the ledger that they were made from."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from chat.models import UsageDay, UsageMonth, UsageTotal
from chat.models.usage_day import SUMS, UsageSum

from .periods import month_after
from .usage_days import MANY, days, moments, of_ledger

Keys = tuple[str, ...]
# SQLite adds amounts as binary fractions.
ENOUGH = "0.0001"
IN_SPAN = "day >= %s AND day < %s"


def first_difference() -> str | None:
    """Which sums are not those of the ledger: of a day or month, and of what; None: all are.

    A query for each day or month: little is held in memory, and a call that ends meanwhile is on
    both sides or on neither.
    """
    by_month = (UsageMonth, UsageMonth.kinds), (UsageTotal, ("day", *UsageTotal.kinds))
    found = (_unlike_days(table, keys) for table, keys in by_month)
    return _unlike_ledger() or next((one for one in found if one), None)


def _unlike_ledger() -> str | None:
    keys = UsageDay.kinds
    query = _differences(keys, of_ledger(keys, MANY), UsageDay)
    for day in sorted({*days(), *_days_of(UsageDay)}):
        after = day + timedelta(days=1)
        if found := _first(query, [*moments(day, after), *_span(day, after)]):
            return _named(UsageDay, day, found)
    return None


def _unlike_days(table: type[UsageSum], keys: Keys) -> str | None:
    """By now the sums by day are known to be those of the ledger."""
    query = _differences(keys, _of_days(keys), table)
    for month in sorted({day.replace(day=1) for one in (UsageDay, table) for day in _days_of(one)}):
        span = _span(month, month_after(month))
        if found := _first(query, [*span, *span]):
            return _named(table, month, found)
    return None


def _days_of(table: type[UsageSum]) -> list[date]:
    return list(QuerySet(table).order_by().values_list("day", flat=True).distinct())


def _span(first: date, after: date) -> list[Any]:
    return [connection.ops.adapt_datefield_value(day) for day in (first, after)]


def _first(query: str, values: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _named(table: type[UsageSum], day: date, key: tuple[Any, ...]) -> str:
    return f"{table._meta.model_name} {day}: {' '.join(str(part) for part in key if part)}"


def _of_days(keys: Keys) -> str:
    sums = ", ".join(f"SUM({name}) AS {name}" for name in SUMS)
    named, days = ", ".join(keys), UsageDay._meta.db_table
    return (
        f"SELECT {named}, {sums}, MAX(last_at) AS last_at FROM {days}"  # noqa: S608 - our names
        f" WHERE {IN_SPAN} GROUP BY {named}"
    )


def _differences(keys: Keys, expected: str, table: type[UsageSum]) -> str:
    """Finds the first key that is missing on one side, or has other sums there.

    Within one span the table has no key twice.
    """
    named, plus = ", ".join(keys), ", ".join(SUMS)
    minus = ", ".join(f"-{name}" for name in SUMS)
    unequal = [f"ABS(SUM({name})) > {ENOUGH if name == 'cost' else 0}" for name in SUMS]
    return (
        f"SELECT {named} FROM (SELECT {named}, {plus}, last_at FROM ({expected}) expected"  # noqa: S608 - our names
        f" UNION ALL SELECT {named}, {minus}, last_at FROM {table._meta.db_table} WHERE {IN_SPAN}"
        f") compared GROUP BY {named} HAVING COUNT(*) <> 2 OR MIN(last_at) <> MAX(last_at)"
        f" OR {' OR '.join(unequal)} ORDER BY {named} LIMIT 1"
    )
