"""What becomes due once a day, and who of many nodes does it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.domain import housekeeping
from chat.models import (
    ApiKey,
    Budget,
    BudgetSpend,
    Conversation,
    LanguageModel,
    LinkView,
    Provider,
    Share,
    ShareLink,
    User,
)

AGO = timezone.now() - timedelta(hours=25)


@pytest.fixture
def old(model: LanguageModel) -> Provider:
    Provider.objects.update(created_at=AGO)
    model.provider.refresh_from_db()
    return model.provider


def claimed() -> list[str]:
    due, problems = housekeeping.claim()
    return [*(one.provider.name for one in due), *problems]


def test_a_list_is_asked_for_once_a_day_by_one_node(old: Provider) -> None:
    assert claimed() == ["House models"]
    assert claimed() == []
    Provider.objects.update(models_refreshed_at=AGO)
    assert claimed() == ["House models"]


def test_what_was_loaded_today_is_not_due(old: Provider) -> None:
    Provider.objects.update(models_refreshed_at=timezone.now() - timedelta(hours=23))
    assert claimed() == []


def test_two_nodes_that_look_at_once_do_not_both_ask(old: Provider) -> None:
    assert housekeeping._take(old)
    assert not housekeeping._take(old)


@pytest.mark.parametrize(
    "fields",
    [
        {"enabled": False},
        {"kind": "grayswan"},
        {"failing_since": AGO},
    ],
)
def test_some_providers_are_left_alone(old: Provider, fields: dict[str, Any]) -> None:
    """Switched off, without a list, or not answering."""
    Provider.objects.update(**fields)
    assert claimed() == []


def test_the_first_list_is_for_somebody_to_load(old: Provider) -> None:
    LanguageModel.objects.all().delete()
    assert claimed() == []


def test_without_a_key_it_is_said_once(old: Provider) -> None:
    ApiKey.objects.all().delete()
    assert claimed() == ["House models: No key has been entered yet."]
    assert claimed() == []


def test_shares_and_links_are_removed_a_month_after_their_end(
    alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    now = timezone.now()
    long_ago, lately = now - timedelta(days=31), now - timedelta(days=29)
    for user, end in ((bob, long_ago), (charlie, lately), (alice, None)):
        Share.objects.create(conversation=conversation, user=user, expires_at=end)
    of_links = [
        {"expires_at": long_ago},
        {"expires_at": now + timedelta(days=1), "revoked_at": long_ago},
        {"expires_at": lately},
        {"expires_at": None},
    ]
    links = [ShareLink.objects.create(conversation=conversation, **ends) for ends in of_links]
    LinkView.objects.create(link=links[0], user=bob)
    assert housekeeping.purge() == 4
    assert housekeeping.purge() == 0
    assert set(Share.objects.values_list("user", flat=True)) == {charlie.id, alice.id}
    assert set(ShareLink.objects.all()) == set(links[2:])


def test_what_was_counted_for_budgets_goes_when_its_period_ended_long_ago(alice: User) -> None:
    budget = Budget.objects.create(user=alice, period="day", unit="tokens", limit=1000)
    today = timezone.localdate()
    for days, reserved in ((0, 0), (62, 0), (63, 0), (64, 5)):
        BudgetSpend.objects.create(
            budget=budget, user_id=alice.id, starts=today - timedelta(days), reserved=reserved
        )
    assert (housekeeping.purge(), housekeeping.purge()) == (1, 0)
    kept = BudgetSpend.objects.order_by("-starts").values_list("starts", flat=True)
    assert [(today - day).days for day in kept] == [0, 62, 64]
