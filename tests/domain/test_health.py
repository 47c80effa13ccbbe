"""The health of providers, told from their calls of the last hour."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.domain import circuits
from chat.domain.health import health
from chat.domain.runs import Ending
from chat.models import Completion, Provider
from chat.models.completion import State


def call(provider: Provider, state: State, first_after: float | None = None) -> Completion:
    started = timezone.now()
    first = None if first_after is None else started + timedelta(seconds=first_after)
    return Completion.objects.create(
        provider=provider,
        model_name="house-1",
        state=state,
        started_at=started,
        first_delta_at=first,
    )


def test_it_tells_the_share_of_errors_and_the_usual_wait(provider: Provider) -> None:
    for wait in (0.2, 0.4, 9.0):
        call(provider, State.COMPLETED, wait)
    call(provider, State.FAILED)
    call(provider, State.RUNNING)
    (told,) = health()
    assert (told.calls, told.errors, told.error_rate) == (4, 1, 0.25)
    assert told.first_token == pytest.approx(0.4)
    assert told.has_key


def test_calls_of_more_than_an_hour_ago_do_not_count(provider: Provider) -> None:
    old = call(provider, State.FAILED)
    Completion.objects.filter(id=old.id).update(created_at=timezone.now() - timedelta(minutes=61))
    (told,) = health()
    assert (told.calls, told.error_rate, told.first_token) == (0, None, None)


def test_a_refused_key_is_told_apart_from_a_provider_out_of_reach(provider: Provider) -> None:
    circuits.note(provider.id, Ending(State.FAILED, error_category="auth"))
    assert health()[0].key_refused
    circuits.note(provider.id, Ending(State.FAILED, error_category="connect_failed"))
    assert not health()[0].key_refused
    circuits.note(provider.id, Ending(State.FAILED, error_category="auth"))
    circuits.note(provider.id, Ending(State.COMPLETED))
    assert not health()[0].key_refused


@pytest.mark.parametrize("number", [1, 30])
def test_it_costs_three_queries(
    provider: Provider, number: int, django_assert_num_queries: Any
) -> None:
    for index in range(number):
        other = Provider.objects.create(
            name=f"P{index}", kind="grayswan", base_url="https://x.example.org"
        )
        call(other, State.COMPLETED, 0.1)
    with django_assert_num_queries(3):
        assert len(health()) == number + 1
