"""What a person has used, from the ledger alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from chat.models import UsageRecord, User
from chat.models.usage_record import Source

DAYS = 30
MONTHS = 24

SUMS: dict[str, Any] = {
    "calls": Count("id"),
    "prompt": Sum("prompt_tokens"),
    "completion": Sum("completion_tokens"),
    "total": Sum("total_tokens"),
    "estimated": Count("id", filter=Q(source=Source.ESTIMATED)),
    "unknown": Count("id", filter=Q(source=Source.UNKNOWN)),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`label` is a day, a month or a model; tokens are None when no call told them."""

    label: Any
    calls: int
    prompt: int | None
    completion: int | None
    total: int | None
    estimated: int
    unknown: int
    provider: str = ""

    @property
    def unreported(self) -> int:
        return self.estimated + self.unknown


@dataclass(frozen=True, slots=True)
class OwnUsage:
    """`days` has a line for each of the last days, used or not."""

    total: Line
    models: list[Line]
    days: list[Line]
    months: list[Line]


def own_usage(user: User) -> OwnUsage:
    """Four queries."""
    rows = UsageRecord.objects.filter(user=user)
    today = timezone.localdate()
    return OwnUsage(
        total=Line(label="", **rows.aggregate(**SUMS)),
        models=_by_model(rows),
        days=_by_day(rows, today),
        months=_by_month(rows),
    )


def _by_model(rows: QuerySet[UsageRecord]) -> list[Line]:
    found = rows.values("provider_name", "model_name").annotate(**SUMS, last=Max("created_at"))
    return [
        Line(label=row.pop("model_name"), provider=row.pop("provider_name"), **_without_last(row))
        for row in found.order_by("-total", "-last")
    ]


def _without_last(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "last"}


def _by_day(rows: QuerySet[UsageRecord], today: date) -> list[Line]:
    first = today - timedelta(days=DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    found = rows.filter(created_at__gte=since).annotate(label=TruncDate("created_at"))
    lines = {row["label"]: Line(**row) for row in found.values("label").annotate(**SUMS).order_by()}
    every = (first + timedelta(days=number) for number in range(DAYS))
    return [lines.get(day) or Line(day, 0, None, None, None, 0, 0) for day in every]


def _by_month(rows: QuerySet[UsageRecord]) -> list[Line]:
    found = rows.annotate(label=TruncMonth("created_at")).values("label").annotate(**SUMS)
    return [Line(**row) for row in found.order_by("-label")[:MONTHS]]
