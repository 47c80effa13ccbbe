"""Usage as plain values for other programs: sums by day and kind, and single records."""

from datetime import UTC, date
from typing import Any

from django.db.models import QuerySet, Sum

from chat.models import UsageDay, UsageRecord, UsageTotal
from chat.models.usage_day import UsageSum

# By the name that programs use: columns of the sums by day.
DIMENSIONS = {
    "day": "day",
    "user": "user_email",
    "team": "teams",
    "provider": "provider_name",
    "model": "model_name",
    "purpose": "purpose",
    "outcome": "outcome",
}
PERSONAL = {"user", "team"}
COUNTS = ("calls", "reported", "estimated", "unknown", "anonymized", "moderated")
TOKENS = ("prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens", "reasoning_tokens")
MOST_GROUPS = 10_000
MOST_RECORDS = 1000


def sums(first: date, last: date, group_by: list[str]) -> list[dict[str, Any]]:
    """Both days included, in the site's time zone; always by currency, too. One query."""
    columns = [DIMENSIONS[name] for name in group_by]
    table: type[UsageSum] = UsageDay if PERSONAL & set(group_by) else UsageTotal
    rows: QuerySet[Any, Any] = QuerySet(table).filter(day__gte=first, day__lte=last)
    grouped = rows.values(*columns, "currency").annotate(
        **{f"sum_{name}": Sum(name) for name in (*COUNTS, *TOKENS, "cost", "priced", "total_known")}
    )
    ordered = grouped.order_by(*columns, "currency")[: MOST_GROUPS + 1]
    return [_sum(row, group_by) for row in ordered]


def _sum(row: dict[str, Any], group_by: list[str]) -> dict[str, Any]:
    values = {name: _plain(row[DIMENSIONS[name]]) for name in group_by}
    counts = {name: row[f"sum_{name}"] for name in COUNTS}
    tokens = {name: row[f"sum_{name}"] for name in TOKENS}
    if not row["sum_total_known"] and not any(tokens.values()):
        tokens = dict.fromkeys(TOKENS)
    # Cost is a text: JSON's numbers are not exact.
    cost = f"{row['sum_cost']:.8f}" if row["sum_priced"] else None
    return {
        **values,
        **counts,
        **tokens,
        "cost": cost,
        "currency": row["currency"] or None,
        "priced_calls": row["sum_priced"],
    }


def records(after: int, limit: int) -> list[dict[str, Any]]:
    """Those with a higher id, oldest first. One query."""
    rows = UsageRecord.objects.filter(id__gt=after).order_by("id")[: min(limit, MOST_RECORDS)]
    return [_record(row) for row in rows]


def _record(row: UsageRecord) -> dict[str, Any]:
    copied = (
        "id",
        "user_email",
        "user_name",
        "provider_name",
        "model_name",
        "purpose",
        "outcome",
        "source",
        *TOKENS,
        "anonymized",
        "moderated",
        "own_key",
        "corrects",
        "note",
    )
    return {
        "created_at": row.created_at.astimezone(UTC).isoformat(),
        **{name: getattr(row, name) for name in copied},
        "completion_id": str(row.completion_id),
        "teams": row.teams.split(", ") if row.teams else [],
        "cost": None if row.cost is None else f"{row.cost:.8f}",
        "currency": row.currency or None,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
