"""A person's own usage."""

from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from chat.domain.own_usage import Line, own_usage
from chat.models import UsageRecord, User
from chat.views.usage import bars

Used = Callable[..., UsageRecord]


def test_it_adds_up_what_was_reported(alice: User, bob: User, used: Used) -> None:
    used(alice, 10)
    used(alice, 20)
    used(alice, None)
    used(alice, 7, source="estimated")
    used(bob, 1000)
    assert own_usage(alice).total == Line(
        label="", calls=4, prompt=37, completion=15, total=52, estimated=1, unknown=1
    )


def test_tokens_nobody_reported_are_not_zero(alice: User, used: Used) -> None:
    used(alice, None)
    assert own_usage(alice).total == Line("", 1, None, None, None, 0, 1)


def test_models_come_largest_first(alice: User, used: Used) -> None:
    used(alice, 10, model_name="small")
    used(alice, 90, model_name="large")
    lines = own_usage(alice).models
    assert [(line.label, line.provider, line.total) for line in lines] == [
        ("large", "House models", 95),
        ("small", "House models", 15),
    ]


def test_every_one_of_thirty_days_has_a_line(alice: User, used: Used) -> None:
    used(alice, 10)
    days = own_usage(alice).days
    assert len(days) == 30
    assert days[-1] == Line(timezone.localdate(), 1, 10, 5, 15, 0, 0)
    assert {line.calls for line in days[:-1]} == {0}


def test_the_highest_bar_fills_the_chart_and_little_is_still_seen() -> None:
    lines = [Line("", 1, None, None, total, 0, 0) for total in (1000, 1, None)]
    assert [(bar.x, bar.y, bar.height) for bar in bars(lines)] == [
        (3, 0, 96),
        (23, 93, 3),
        (43, 96, 0),
    ]


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
