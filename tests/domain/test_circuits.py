"""A provider that fails again and again is left alone for a while, then tried by one person."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from chat.domain import circuits, replies
from chat.domain.runs import Ending
from chat.models import Completion, LanguageModel, Provider, User
from chat.models.completion import State
from chat.protocol import SendMessage

REFUSED = Ending(State.FAILED, error_category="auth")
BUSY = Ending(State.FAILED, error_category="rate_limited")
ANSWERED = Ending(State.COMPLETED, accepted=True)


def ask(user: User, model: LanguageModel) -> None:
    replies.send(user, SendMessage(1, uuid.uuid4(), uuid.uuid4(), "Hello", model.id), "node")
    Completion.objects.update(state=State.COMPLETED)


def after(provider: Provider, *endings: Ending) -> Provider:
    for ending in endings:
        circuits.note(provider.id, ending)
    provider.refresh_from_db()
    return provider


def test_three_failures_in_a_row_open_the_circuit(provider: Provider) -> None:
    assert not after(provider, REFUSED, REFUSED).is_failing
    assert after(provider, REFUSED).is_failing
    assert (provider.failures_in_row, provider.last_error) == (3, "auth")


def test_an_answer_in_between_starts_the_count_anew(provider: Provider) -> None:
    assert after(provider, REFUSED, REFUSED, ANSWERED, REFUSED).failures_in_row == 1
    assert not provider.is_failing


def test_failures_that_pass_by_themselves_do_not_count(provider: Provider) -> None:
    assert after(provider, BUSY, BUSY, BUSY, BUSY).failures_in_row == 0


def test_nobody_waits_for_a_provider_that_fails(
    alice: User, bob: User, model: LanguageModel
) -> None:
    after(model.provider, REFUSED, REFUSED, REFUSED)
    with pytest.raises(circuits.ProviderFailing) as refusal, transaction.atomic():
        ask(alice, model)
    assert "House models has not been answering" in str(refusal.value.words)
    assert not Completion.objects.exists()


def test_when_its_time_has_come_one_person_tries_and_the_others_wait(
    alice: User, bob: User, model: LanguageModel
) -> None:
    after(model.provider, REFUSED, REFUSED, REFUSED)
    Provider.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    ask(alice, model)
    with pytest.raises(circuits.ProviderFailing), transaction.atomic():
        ask(bob, model)
    assert not after(model.provider, ANSWERED).is_failing
    ask(bob, model)


def test_of_two_who_ask_at_one_instant_one_tries(provider: Provider) -> None:
    after(provider, REFUSED, REFUSED, REFUSED)
    Provider.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    first, second = Provider.objects.get(), Provider.objects.get()
    circuits.check(first)
    with pytest.raises(circuits.ProviderFailing):
        circuits.check(second)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(3, 30), (4, 60), (5, 120), (7, 480), (8, 900), (1000, 900)]
)
def test_the_pause_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert circuits.pause_after(failures) == timedelta(seconds=seconds)


def test_answers_are_noted_to_the_minute_only(
    provider: Provider, django_assert_num_queries: Any
) -> None:
    after(provider, ANSWERED)
    with django_assert_num_queries(1):
        circuits.note(provider.id, ANSWERED)


def test_closing_lets_the_next_prompt_out_at_once(alice: User, model: LanguageModel) -> None:
    provider = after(model.provider, REFUSED, REFUSED, REFUSED)
    circuits.close(provider)
    ask(alice, model)
    assert (provider.failures_in_row, provider.failing_since, provider.next_try_at) == (
        0,
        None,
        None,
    )
