"""Budgets: reserved when a call is asked for, settled in the transaction that ends it.

A hard budget is a condition of one UPDATE: however many ask at one instant, they cannot overshoot
together. What a call may take is guessed from its prompt and its longest answer; what it took is
what counts in the end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Round
from django.utils import timezone

from chat.models import (
    Budget,
    BudgetSpend,
    Completion,
    LanguageModel,
    Price,
    Reservation,
    UsageRecord,
    User,
)
from chat.models.budget import BudgetPeriod, BudgetUnit
from chat.models.price import MONEY
from chat.providers import Usage, estimate_tokens

from . import prices
from .budget_words import Left, OverBudget

# Tokens of an answer when neither the person nor the model says how long it may be.
USUAL_ANSWER = 1000
# As `Applied.place`: everybody takes them in this order, so that two never wait for each other.
IN_ORDER = ("spend__budget", "spend__user_id", "spend__starts")


@dataclass(frozen=True, slots=True)
class Applied:
    """A budget as it applies to one person now."""

    budget: Budget
    user_id: int
    starts: date
    limit: Decimal

    @property
    def key(self) -> dict[str, Any]:
        return {"budget": self.budget, "user_id": self.user_id, "starts": self.starts}

    @property
    def place(self) -> tuple[int, int, date]:
        return (self.budget.id, self.user_id, self.starts)


def applied_to(user: User, today: date | None = None) -> list[Applied]:
    """One query where there is no budget at all, else two."""
    if not Budget.objects.filter(enabled=True).exists():
        return []
    today = today or timezone.localdate()
    everyone = Q(user=None, group=None)
    theirs = Q(user=user) | Q(group__in=user.teams.values("id")) | everyone
    budgets = list(Budget.objects.filter(theirs, enabled=True).select_related("user", "group"))
    exempt = {(one.period, one.unit) for one in budgets if one.exception}
    counted = [one for one in budgets if one.exception or (one.period, one.unit) not in exempt]
    return [_applied(one, user.id, today) for one in counted]


def _applied(budget: Budget, user_id: int, today: date) -> Applied:
    alone = budget.each or budget.user_id is not None
    begun = starts(budget.period, today)
    return Applied(budget, user_id if alone else 0, begun, budget.limit_on(today))


def starts(period: str, today: date) -> date:
    return today if period == BudgetPeriod.DAY else today.replace(day=1)


def ends(period: str, today: date) -> date:
    """The first day of the next period."""
    if period == BudgetPeriod.DAY:
        return today + timedelta(days=1)
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1)


def reserve(
    user: User, completion: Completion, model: LanguageModel, prompt_text: Callable[[], str]
) -> None:
    """Part of the transaction that makes the completion. Raises OverBudget: nothing is made.

    The prompt is only put together where there is a budget.
    """
    if applied := applied_to(user):
        _reserve(applied, completion, model, prompt_text())


def fits(
    user: User, completion: Completion, model: LanguageModel, prompt_text: Callable[[], str]
) -> bool:
    """The same where the completion is kept in any case. False: nothing is reserved."""
    applied = applied_to(user)
    if not applied:
        return True
    try:
        with transaction.atomic():
            _reserve(applied, completion, model, prompt_text())
    except OverBudget:
        return False
    return True


def _reserve(
    applied: list[Applied], completion: Completion, model: LanguageModel, prompt_text: str
) -> None:
    expected = expected_usage(completion, model, prompt_text)
    price = prices.price_at(model.id, timezone.localdate())
    cost = prices.cost_of(price, expected)
    known, held = _spends(applied), []
    for one in sorted(applied, key=lambda one: one.place):
        amount = _amount(one.budget, expected, cost, price)
        spend = known.get(one.place) or BudgetSpend.objects.get_or_create(**one.key)[0]
        if not _take(spend, one, amount):
            raise OverBudget(_left(one, BudgetSpend.objects.get(id=spend.id)))
        held.append(Reservation(completion=completion, spend=spend, amount=amount))
    Reservation.objects.bulk_create(held)


def _spends(applied: list[Applied]) -> dict[tuple[int, int, date], BudgetSpend]:
    """Those that there are, by `Applied.place`."""
    rows = BudgetSpend.objects.filter(
        budget__in={one.budget.id for one in applied},
        user_id__in={one.user_id for one in applied},
        starts__in={one.starts for one in applied},
    )
    return {(spend.budget_id, spend.user_id, spend.starts): spend for spend in rows}


def expected_usage(completion: Completion, model: LanguageModel, prompt_text: str) -> Usage:
    """A guess on the safe side: the longest answer that was asked for, as often as it was."""
    parameters = completion.parameters
    longest = parameters.get("max_tokens") or parameters.get("max_completion_tokens")
    answers = parameters.get("n")
    prompt = round(estimate_tokens(prompt_text) * model.estimate_factor)
    each = longest if isinstance(longest, int) and longest > 0 else USUAL_ANSWER
    written = each * (answers if isinstance(answers, int) else 1)
    return Usage(prompt, written, prompt + written, source="estimated")


def _take(spend: BudgetSpend, one: Applied, amount: Decimal) -> bool:
    rows = BudgetSpend.objects.filter(id=spend.id)
    if one.budget.hard:
        # Where nothing is left, what has no price does not go through, either.
        rows = rows.filter(
            spent__lte=one.limit - F("reserved") - amount, spent__lt=one.limit - F("reserved")
        )
    return rows.update(reserved=_exactly(F("reserved") + amount)) == 1


def _amount(budget: Budget, usage: Usage, cost: Decimal | None, price: Price | None) -> Decimal:
    """What counts for this budget; money in another currency does not."""
    if budget.unit == BudgetUnit.TOKENS:
        return Decimal(usage.total or 0)
    fits = price is not None and price.currency == budget.currency
    return cost if fits and cost is not None else Decimal(0)


def settle(record: UsageRecord) -> None:
    """Puts what a call took in the place of what was reserved, if anything was.

    Part of the transaction that adds the record to the ledger.
    """
    rows = Reservation.objects.filter(completion=record.completion_id)
    held = list(rows.select_related("spend__budget").order_by(*IN_ORDER))
    for reservation in held:
        _settle(reservation.spend, record, reservation.amount)
    if held:
        Reservation.objects.filter(id__in=[one.id for one in held]).delete()
    elif record.total_tokens:
        _count(record)


def _count(record: UsageRecord) -> None:
    """A call that held nothing, such as an administrator's check of a provider."""
    if record.user_id is None or not Budget.objects.filter(enabled=True).exists():
        return
    user = User.objects.filter(id=record.user_id).first()
    applied = applied_to(user) if user else _left_behind(record.user_id)
    for one in sorted(applied, key=lambda one: one.place):
        spend, _made = BudgetSpend.objects.select_related("budget").get_or_create(**one.key)
        _settle(spend, record, Decimal(0))


def _left_behind(user_id: int) -> list[Applied]:
    """The budgets for everyone, of a person who was deleted while the call ran."""
    rows = Budget.objects.filter(user=None, group=None, enabled=True)
    return [_applied(one, user_id, timezone.localdate()) for one in rows]


def _settle(spend: BudgetSpend, record: UsageRecord, reserved: Decimal) -> None:
    taken = Decimal(record.total_tokens or 0)
    if spend.budget.unit == BudgetUnit.MONEY:
        fits = record.currency == spend.budget.currency
        taken = record.cost if fits and record.cost is not None else Decimal(0)
    BudgetSpend.objects.filter(id=spend.id).update(
        spent=_exactly(F("spent") + taken), reserved=_exactly(F("reserved") - reserved)
    )


def _exactly(sum_: CombinedExpression) -> Round:
    """SQLite adds money as floating point: without it a trace is left of what was given back."""
    return Round(sum_, precision=MONEY["decimal_places"])


def left_for(user: User) -> list[Left]:
    """What is left of each budget that applies, the scarcest first. Three queries at most."""
    applied = applied_to(user)
    if not applied:
        return []
    spends = _spends(applied)
    found = [_left(one, spends.get(one.place)) for one in applied]
    return sorted(found, key=lambda left: left.percent, reverse=True)


def scarcest_for(user: User) -> Left | None:
    """What people see before they send; None: no budget applies."""
    return next(iter(left_for(user)), None)


def _left(one: Applied, spend: BudgetSpend | None) -> Left:
    spent = spend.spent if spend else Decimal(0)
    reserved = spend.reserved if spend else Decimal(0)
    today = timezone.localdate()
    return Left(one.budget, one.limit, spent, reserved, ends(one.budget.period, today))


def prune(before: date) -> int:
    """Removes what was counted in periods that ended long ago; the ledger has all of it."""
    return BudgetSpend.objects.filter(starts__lt=before, reserved=0).delete()[0]
