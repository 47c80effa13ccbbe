"""Tells administrators by mail when a budget is nearly or fully used, once for each."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chat.models import BudgetSpend, User
from chat.models.budget import BudgetPeriod

from .budget_words import FULL, NEAR, quantity


def due() -> list[EmailMessage]:
    """One for each budget that has passed a mark since somebody was last told.

    Each is taken with a conditional UPDATE, so that of many nodes only one tells.
    """
    today = timezone.localdate()
    current = Q(starts=today) | Q(budget__period=BudgetPeriod.MONTH, starts=today.replace(day=1))
    rows = BudgetSpend.objects.select_related("budget__user", "budget__group")
    waiting = rows.filter(current, budget__enabled=True, told__lt=FULL, spent__gt=0)
    passed = [(spend, mark_of(spend)) for spend in waiting]
    taken = [(spend, mark) for spend, mark in passed if mark > spend.told and _take(spend, mark)]
    people = list(administrators().values_list("email", flat=True)) if taken else []
    return [_message(spend, mark, people) for spend, mark in taken] if people else []


def administrators() -> QuerySet[User]:
    """Those who may change budgets."""
    by_role = Q(groups__permissions__codename="change_budget")
    by_themselves = Q(user_permissions__codename="change_budget")
    everyone = User.objects.filter(is_active=True)
    return everyone.filter(Q(is_superuser=True) | by_role | by_themselves).distinct()


def mark_of(spend: BudgetSpend) -> int:
    """The highest mark, in percent, that it has passed; 0: none."""
    limit = spend.budget.limit_on(timezone.localdate())
    used = spend.spent * 100
    return FULL if used >= limit * FULL else NEAR if used >= limit * NEAR else 0


def _take(spend: BudgetSpend, mark: int) -> bool:
    return BudgetSpend.objects.filter(id=spend.id, told=spend.told).update(told=mark) == 1


def _message(spend: BudgetSpend, mark: int, people: Sequence[str]) -> EmailMessage:
    """To each as a blind copy: who else looks after budgets is nobody's business by mail."""
    with translation.override(settings.LANGUAGE_CODE):
        budget = spend.budget
        whose = _whose(spend)
        subject = _("{site}: {percent} % of the budget of {whose} are used").format(
            site=settings.SITE_NAME, percent=mark, whose=whose
        )
        body = _(
            "{spent} of {limit} have been used since {day}.\n\n"
            "Budgets can be raised in the administration:\n{address}\n"
        ).format(
            spent=quantity(budget, spend.spent),
            limit=quantity(budget, budget.limit_on(timezone.localdate())),
            day=date_format(spend.starts, "DATE_FORMAT"),
            address=f"{settings.PUBLIC_URLS[0]}/admin/chat/budget/{budget.id}/change/",
        )
    return EmailMessage(subject, body, bcc=people)


def _whose(spend: BudgetSpend) -> str:
    if spend.user_id:
        person = User.objects.filter(id=spend.user_id).first()
        return person.get_full_name() if person else _("a deleted account")
    return str(spend.budget.group or _("everyone"))
