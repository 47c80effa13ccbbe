"""What an end means beyond its own call: whose key was refused, what a dead process left."""

import uuid

import pytest

from chat.domain import begin, catalogue, endings, replies
from chat.domain.runs import Ending
from chat.models import ApiKey, LanguageModel, Provider, UsageRecord, User
from chat.models.completion import State
from chat.protocol import SendMessage
from chat.providers import Prompt, Secret

REFUSED = Ending(State.FAILED, error_category="auth")
UNREACHABLE = Ending(State.FAILED, error_category="connect_failed")


@pytest.mark.parametrize(
    ("own", "ending", "failures"),
    [(True, REFUSED, 0), (False, REFUSED, 1), (True, UNREACHABLE, 1)],
)
def test_a_persons_own_refused_key_says_nothing_about_the_provider(
    alice: User, model: LanguageModel, own: bool, ending: Ending, failures: int
) -> None:
    Provider.objects.update(own_keys=True)
    model.provider.refresh_from_db()
    if own:
        key = ApiKey(provider=model.provider, owner=alice)
        key.seal(Secret("sk-alice-0123456789"))
        key.save()
    command = SendMessage(1, uuid.uuid4(), uuid.uuid4(), "Hello", model.id)
    started = replies.send(alice, command, "node")
    run = begin.begin(started.completion.id, "node")
    assert run is not None
    assert endings.finish(run, ending, [], "Hello")
    assert Provider.objects.get().failures_in_row == failures


def test_a_check_during_which_the_process_died_is_counted_as_unknown(
    erin: User, model: LanguageModel
) -> None:
    """Nothing of it is left to estimate from: that is not a call of 0 tokens."""
    catalogue._begin(model.provider, Prompt(model.model_name, (), {}), erin)
    assert endings.take_over("node", at_once=False) == []
    assert len(endings.take_over("", at_once=True)) == 1
    assert endings.take_over("", at_once=True) == []
    row = UsageRecord.objects.get()
    assert (row.purpose, row.user_email) == ("check", erin.email)
    assert (row.outcome, row.source, row.total_tokens) == ("interrupted", "unknown", None)
