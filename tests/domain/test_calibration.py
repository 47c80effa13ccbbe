"""Estimates that learn from the calls whose providers tell what they counted."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.domain import calibration
from chat.domain.ledger import record_usage
from chat.domain.runs import Bill, Ending, bill_for
from chat.models import Completion, LanguageModel, User
from chat.models.completion import State
from chat.providers import Usage, estimate_tokens

PROMPT = "Tell me something about the moon. " * 20
WRITTEN = "It is far away and it has no air. " * 20
ESTIMATE = estimate_tokens(PROMPT) + estimate_tokens(WRITTEN)


def bill(user: User, model: LanguageModel) -> Bill:
    model.refresh_from_db()
    call = Completion(
        id=uuid.uuid4(),
        user=user,
        provider=model.provider,
        language_model=model,
        model_name=model.model_name,
    )
    return bill_for(call, user)


def ended(user: User, model: LanguageModel, total: int | None, prompt: str = PROMPT) -> Any:
    """The ledger's row of a call that reported so many tokens, or none."""
    usage = None if total is None else Usage(total=total)
    ending = Ending(State.COMPLETED, usage=usage, accepted=True)
    row = record_usage(bill(user, model), ending, prompt, WRITTEN if prompt else "")
    model.refresh_from_db()
    return row


def later(model: LanguageModel) -> None:
    LanguageModel.objects.update(estimate_factor_at=timezone.now() - timedelta(minutes=2))
    model.refresh_from_db()


def test_a_reported_call_moves_the_estimate_towards_what_was_counted(
    alice: User, model: LanguageModel
) -> None:
    ended(alice, model, ESTIMATE * 2)
    assert model.estimate_factor == pytest.approx(1.2)
    later(model)
    ended(alice, model, ESTIMATE * 2)
    assert model.estimate_factor == pytest.approx(1.36)


def test_an_estimate_uses_what_was_learned_and_stays_marked(
    alice: User, model: LanguageModel
) -> None:
    LanguageModel.objects.update(estimate_factor=2.0)
    row = ended(alice, model, None)
    assert (row.source, row.total_tokens) == ("estimated", 2 * ESTIMATE)
    assert model.estimate_factor == 2.0


@pytest.mark.parametrize(("total", "factor"), [(10**9, 1.4), (1, 0.86)])
def test_one_strange_report_does_not_move_it_far(
    alice: User, model: LanguageModel, total: int, factor: float
) -> None:
    ended(alice, model, total)
    assert model.estimate_factor == pytest.approx(factor)


def test_a_few_words_teach_nothing(alice: User, model: LanguageModel) -> None:
    ended(alice, model, 500, prompt="")
    assert (model.estimate_factor, model.estimate_factor_at) == (1.0, None)


def test_a_model_is_written_at_most_once_a_minute(
    alice: User, model: LanguageModel, django_assert_num_queries: Any
) -> None:
    ended(alice, model, ESTIMATE * 2)
    known = bill(alice, model)
    with django_assert_num_queries(0):
        calibration.learn(known, Usage(total=ESTIMATE * 2), PROMPT, WRITTEN)
    # A call that began before the last one ended knows nothing of it.
    calibration.learn(
        replace(known, estimate_factor_at=None), Usage(total=ESTIMATE * 2), PROMPT, WRITTEN
    )
    model.refresh_from_db()
    assert model.estimate_factor == pytest.approx(1.2)
