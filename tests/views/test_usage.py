"""A person's own usage."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from chat.domain.charts import ceiling, chart
from chat.domain.own_usage import own_usage
from chat.domain.usage_sums import Sums
from chat.models import Budget, Organisation, UsageRecord, User

Used = Callable[..., UsageRecord]


def test_it_adds_up_what_was_reported(alice: User, bob: User, used: Used) -> None:
    used(alice, 10)
    used(alice, 20)
    used(alice, None)
    used(alice, 7, source="estimated")
    used(bob, 1000)
    total = own_usage(alice).total
    assert replace(total, last=None) == Sums(4, 2, 1, 37, 15, 52)
    assert total.unreported == 2


def test_tokens_nobody_reported_are_not_zero(alice: User, used: Used) -> None:
    used(alice, None)
    total = own_usage(alice).total
    assert replace(total, last=None) == Sums(1, 0, 0, None, None, None)


def test_models_come_largest_first(alice: User, used: Used) -> None:
    used(alice, 10, model_name="small")
    used(alice, 90, model_name="large")
    lines = own_usage(alice).models
    assert [(line.label, line.provider, line.sums.total) for line in lines] == [
        ("large", "House models", 95),
        ("small", "House models", 15),
    ]


def test_every_one_of_thirty_days_has_a_line(alice: User, used: Used) -> None:
    used(alice, 10)
    days = own_usage(alice).days
    assert len(days) == 30
    assert days[-1].label == timezone.localdate()
    assert replace(days[-1].sums, last=None) == Sums(1, 1, 0, 10, 5, 15)
    assert {line.sums.calls for line in days[:-1]} == {0}


def test_the_highest_bar_fills_the_chart_and_little_is_still_seen() -> None:
    bars = chart([("", total, 0) for total in (1000, 1, 0)]).bars
    assert [(bar.x, bar.y, bar.height) for bar in bars] == [
        (3, 0, 200),
        (23, 197, 3),
        (43, 200, 0),
    ]


def test_bars_end_at_a_round_number() -> None:
    assert [ceiling(value) for value in (0, 1, 3, 7, 11, 200, 501)] == [0, 1, 5, 10, 20, 200, 1000]


def test_what_is_left_of_a_budget_is_shown(as_alice: Client, alice: User, used: Used) -> None:
    assert as_alice.get("/usage/left/").content.decode().strip() == ""
    budget = Budget.objects.create(user=alice, period="month", unit="tokens", limit=1000)
    used(alice, 695)
    line = as_alice.get("/usage/left/").content.decode()
    assert 'aria-live="off">300 tokens of 1,000 tokens left this month.' in line
    assert "300 tokens of 1,000 tokens left" in as_alice.get("/usage/").content.decode()
    used(alice, 195)
    line = as_alice.get("/usage/left/").content.decode()
    assert "aria-live" not in line
    assert "100 tokens of 1,000 tokens left this month." in line
    assert line.strip() in as_alice.get("/").content.decode()
    Budget.objects.filter(id=budget.id).update(limit=500)
    assert "The budget of 500 tokens is used up." in as_alice.get("/usage/left/").content.decode()


def test_costs_are_shown_where_the_organisation_wants_it(
    as_alice: Client, alice: User, used: Used
) -> None:
    used(alice, 10, currency="CHF", cost=Decimal("12.5"))
    assert "CHF" not in as_alice.get("/usage/").content.decode()
    Organisation.objects.create(id=1, show_costs=True)
    assert "CHF\u00a012.50" in as_alice.get("/usage/").content.decode()


def test_the_page_marks_calls_without_reported_usage(
    as_alice: Client, alice: User, used: Used
) -> None:
    used(alice, 1200)
    used(alice, 7, source="estimated")
    page = as_alice.get("/usage/").content.decode()
    assert "1,217" in page
    assert "For 1 call the provider reported no usage" in page
    assert "<small>estimated</small>" in page


def test_without_calls_the_page_says_what_will_be_there(as_alice: Client) -> None:
    page = as_alice.get("/usage/").content.decode()
    assert "After your first answer you will find its tokens here." in page
    assert "<table" not in page
