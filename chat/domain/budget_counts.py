"""What was used before a budget was made, by the ledger's own sums: so that both say the same."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from chat.models import Budget, BudgetSpend, Completion, Reservation, UsageDay
from chat.models.budget import BudgetUnit

from .budget_alerts import mark_of
from .budgets import applied_to, starts
from .usage_sums import in_team


@transaction.atomic
def count_anew(budget: Budget) -> None:
    """For a budget that is new, or is for other people, other spans or another unit than before.

    Calls that run hold nothing of it then, and are counted when they end. Nobody gets mails about
    what was over already: who makes a budget sees it, and it may be a hundred people.
    """
    BudgetSpend.objects.filter(budget=budget).delete()
    begun = starts(budget.period, timezone.localdate())
    BudgetSpend.objects.bulk_create(
        _spend(budget, user_id, begun, used) for user_id, used in _used(budget, begun).items()
    )
    for completion in Completion.objects.open().exclude(user=None).select_related("user"):
        _follow(budget, completion)


def _spend(budget: Budget, user_id: int, begun: date, used: Decimal) -> BudgetSpend:
    spend = BudgetSpend(budget=budget, user_id=user_id, starts=begun, spent=used)
    spend.told = mark_of(spend)
    return spend


def _used(budget: Budget, begun: date) -> dict[int, Decimal]:
    """By id of the person; 0: by all together."""
    rows = _rows(budget).filter(day__gte=begun)
    column = "total_tokens"
    if budget.unit == BudgetUnit.MONEY:
        rows, column = rows.filter(currency=budget.currency), "cost"
    if budget.each or budget.user_id is not None:
        by_person = rows.values_list("user_id").annotate(used=Sum(column))
        return {user_id: Decimal(used) for user_id, used in by_person}
    used = rows.aggregate(used=Sum(column))["used"]
    return {0: Decimal(used)} if used is not None else {}


def _rows(budget: Budget) -> "QuerySet[UsageDay]":
    rows = UsageDay.objects.order_by().exclude(user_id=0)
    if budget.user_id is not None:
        return rows.filter(user_id=budget.user_id)
    exceptions = Budget.objects.filter(
        exception=True, enabled=True, period=budget.period, unit=budget.unit
    )
    of_team = in_team(budget.group.name) if budget.group else Q()
    return rows.filter(of_team).exclude(user_id__in=exceptions.values("user_id"))


def _follow(budget: Budget, completion: Completion) -> None:
    """What ends later is counted where it holds something: here, nothing."""
    assert completion.user is not None
    for one in applied_to(completion.user):
        if one.budget.id == budget.id:
            spend, _made = BudgetSpend.objects.get_or_create(**one.key)
            Reservation.objects.create(completion=completion, spend=spend, amount=0)
