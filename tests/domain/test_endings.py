"""What an end means beyond its own call: whose key was refused."""

import uuid

import pytest

from chat.domain import begin, endings, replies
from chat.domain.runs import Ending
from chat.models import ApiKey, LanguageModel, Provider, User
from chat.models.completion import State
from chat.protocol import SendMessage
from chat.providers import Secret

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
