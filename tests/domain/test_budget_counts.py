"""A budget that is made in the middle of a month knows what was used before."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from chat.domain import budget_alerts
from chat.domain.budget_counts import count_anew
from chat.models import Budget, BudgetSpend, LanguageModel, User
from tests.ledger import record

from .test_budgets import ask, budget, end


def made(**fields: Any) -> dict[int, Decimal]:
    one = budget(**fields)
    count_anew(one)
    return {spend.user_id: spend.spent for spend in BudgetSpend.objects.filter(budget=one)}


@pytest.fixture
def used(alice: User, bob: User) -> None:
    """Today and on the day before, which may be one of another month."""
    record(alice, currency="CHF", cost=Decimal("1.5"), teams="Law, Sales")
    record(alice, currency="EUR", cost=Decimal(7))
    record(bob, currency="CHF", cost=Decimal(2))
    record(bob, source="unknown", prompt_tokens=None, completion_tokens=None, total_tokens=None)
    record(alice, timezone.now() - timedelta(days=40))


def test_it_begins_with_what_the_ledger_says(used: None, alice: User, bob: User) -> None:
    team = Group.objects.create(name="Sales")
    assert made() == {alice.id: 30, bob.id: 15}
    assert made(period="month", each=False) == {0: 45}
    assert made(unit="money", currency="CHF") == {alice.id: Decimal("1.5"), bob.id: 2}
    assert made(group=team, each=False) == {0: 15}
    assert made(user=alice, exception=True) == {alice.id: 30}
    # Who has an exception counts there alone.
    assert made(each=False) == {0: 15}


def test_only_what_is_passed_later_is_told_by_mail(used: None, alice: User, bob: User) -> None:
    User.objects.create_superuser("erin@example.org", "good-password")
    made(limit=Decimal(20))
    assert budget_alerts.due() == []
    record(bob)
    assert len(budget_alerts.due()) == 1


def test_a_call_that_runs_meanwhile_is_counted_at_its_end(
    alice: User, model: LanguageModel
) -> None:
    budget("100000", each=False)
    running = ask(alice, model)
    later = budget("100000")
    count_anew(later)
    end(running, 40)
    assert set(BudgetSpend.objects.values_list("user_id", "spent", "reserved")) == {
        (0, 40, 0),
        (alice.id, 40, 0),
    }


def test_another_unit_or_other_people_are_counted_anew(used: None, alice: User, bob: User) -> None:
    erin = User.objects.create_superuser("erin@example.org", "good-password")
    client = Client()
    client.force_login(erin)
    fields = {"each": "on", "period": "day", "unit": "tokens", "limit": "100", "enabled": "on"}
    client.post("/admin/chat/budget/add/", fields)
    one = Budget.objects.get()
    assert dict(one.spends.values_list("user_id", "spent")) == {alice.id: 30, bob.id: 15}
    client.post(
        f"/admin/chat/budget/{one.id}/change/", {**fields, "unit": "money", "currency": "EUR"}
    )
    assert dict(one.spends.values_list("user_id", "spent")) == {alice.id: 7}
