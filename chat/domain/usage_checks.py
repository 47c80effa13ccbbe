"""Compares the sums by day and month with the ledger that they were made from."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from chat.models import UsageDay, UsageMonth, UsageRecord

BY = ("user_id", "provider_name", "model_name", "outcome", "currency")
TOKENS = ("prompt_tokens", "completion_tokens", "total_tokens")
# SQLite adds amounts as binary fractions.
ENOUGH = Decimal("0.0001")


def first_difference() -> str | None:
    """Which sums are not those of the ledger: a person's with a model; None: all are.

    Three queries, each of which reads its whole table.
    """
    ledger = _of_ledger()
    for table in (UsageDay, UsageMonth):
        kept = _of_sums(table)
        for key in sorted(ledger.keys() | kept.keys(), key=repr):
            if not _equal(ledger.get(key), kept.get(key)):
                return f"{table._meta.model_name}: {' '.join(str(part) for part in key if part)}"
    return None


def _of_ledger() -> dict[Any, Any]:
    sums: dict[str, Any] = {f"sum_{name}": Sum(name) for name in (*TOKENS, "cost")}
    calls = Count("id", filter=Q(corrects=None))
    return _found(UsageRecord.objects.values(*BY).annotate(sum_calls=calls, **sums))


def _of_sums(table: type[UsageDay] | type[UsageMonth]) -> dict[Any, Any]:
    sums = {f"sum_{name}": Sum(name) for name in ("calls", *TOKENS, "cost")}
    return _found(table.objects.values(*BY).annotate(**sums))


def _found(rows: QuerySet[Any, Any]) -> dict[Any, Any]:
    listed = rows.order_by().values_list(*BY, *(f"sum_{n}" for n in ("calls", *TOKENS, "cost")))
    return {
        (row[0] or 0, *row[1 : len(BY)]): [value or 0 for value in row[len(BY) :]] for row in listed
    }


def _equal(one: list[Any] | None, other: list[Any] | None) -> bool:
    if one is None or other is None:
        return not any(one or other or ())
    return one[:-1] == other[:-1] and abs(Decimal(one[-1]) - Decimal(other[-1])) < ENOUGH
