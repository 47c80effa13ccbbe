"""Usage over many people, from the ledger alone: per user, per model, and in all.

Whoever shows these needs the permission `chat.view_usage`; a person's own usage is in
`chat.domain.own_usage`. Tokens are None where no call told them: unknown is never zero.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Lower

from chat.models import UsageRecord, User
from chat.models.usage_record import Source

from .periods import Period

COLUMNS = ("name", "email", "calls", "unreported", "prompt", "completion", "total", "last")

SUMS: dict[str, Any] = {
    "calls": Count("id"),
    "unreported": Count("id", filter=~Q(source=Source.REPORTED)),
    "prompt": Sum("prompt_tokens"),
    "completion": Sum("completion_tokens"),
    "total": Sum("total_tokens"),
    "last": Max("created_at"),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """`people` counts the rows that were added up."""

    people: int
    calls: int
    unreported: int
    prompt: int | None
    completion: int | None
    total: int | None
    last: datetime | None


def per_user(
    period: Period, search: str = "", sort: str = "-total", user_id: int | None = None
) -> QuerySet[Any, Any]:
    """One row per person, as a dict of COLUMNS, `user_id` and `present`.

    People are shown under their present name; those whose account was deleted (`present` is None)
    under the name that the ledger kept. `sort` is one of COLUMNS, with a minus to turn it round.
    """
    records = UsageRecord.objects.filter(period.contains("created_at"))
    if user_id is not None:
        records = records.filter(user_id=user_id)
    # Looked up once per person: a join would be made for every record, and lose deleted people.
    person = User.objects.filter(id=OuterRef("user_id"))
    rows = records.values("user_id").annotate(
        name=Coalesce(Subquery(person.values("name")), Max("user_name")),
        email=Coalesce(Subquery(person.values("email")), Max("user_email")),
        present=Subquery(person.values("email")),
        **SUMS,
    )
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search))
    return rows.order_by(*_order(sort))


def totals(rows: QuerySet[Any, Any]) -> Totals:
    """The sums over all rows of `per_user`, whatever page of them is shown: one query."""
    sums = rows.order_by().aggregate(
        # Django mixes up an aggregate and an annotation of the same name.
        all_people=Count("*"),
        all_calls=Coalesce(Sum("calls"), Value(0)),
        all_unreported=Coalesce(Sum("unreported"), Value(0)),
        all_prompt=Sum("prompt"),
        all_completion=Sum("completion"),
        all_total=Sum("total"),
        all_last=Max("last"),
    )
    return Totals(**{name.removeprefix("all_"): value for name, value in sums.items()})


def per_model(period: Period, user_id: int) -> QuerySet[Any, Any]:
    """One person's use, a row per provider and model with `provider_name` and `model_name`."""
    rows = UsageRecord.objects.filter(period.contains("created_at"), user_id=user_id)
    by_model = rows.values("provider_name", "model_name").annotate(**SUMS)
    return by_model.order_by(F("total").desc(nulls_last=True), "provider_name", "model_name")


def _order(sort: str) -> list[Any]:
    column = sort.removeprefix("-")
    if column not in COLUMNS:
        column, sort = "total", "-total"
    key = Lower(column) if column in {"name", "email"} else F(column)
    first = key.desc(nulls_last=True) if sort.startswith("-") else key.asc(nulls_last=True)
    return [first, "email", "user_id"]
