"""What the organisation decides about privacy holds, whatever a request says."""

import uuid
from typing import Any

import pytest

from chat.domain import begin, replies
from chat.domain.policies import choices_for, parameters_to_send
from chat.domain.replies import Started
from chat.models import Completion, LanguageModel, Provider, User
from chat.models.completion import State
from chat.models.provider import Policy
from chat.protocol import RegenerateReply, SendMessage

NODE = "this-node"


def send(user: User, model: LanguageModel, parameters: dict[str, Any]) -> Started:
    command = SendMessage(1, uuid.uuid4(), uuid.uuid4(), "Hello", model.id, parameters=parameters)
    return replies.send(user, command, NODE)


def regenerate(user: User, started: Started) -> Started:
    Completion.objects.update(state=State.COMPLETED)
    command = RegenerateReply(1, started.conversation.id, uuid.uuid4(), started.reply.id)
    return replies.regenerate(user, command, NODE)


@pytest.mark.parametrize(
    ("policy", "asked", "sent"),
    [
        (Policy.OFF, {}, False),
        (Policy.OFF, {"anonymize": True}, True),
        (Policy.DEFAULT, {}, True),
        (Policy.DEFAULT, {"anonymize": False}, False),
        (Policy.DEFAULT, {"anonymize": "no"}, True),
        (Policy.ALWAYS, {}, True),
    ],
)
def test_a_policy_decides_what_is_sent_when_nothing_else_is_asked(
    alice: User, model: LanguageModel, policy: Policy, asked: dict[str, Any], sent: bool
) -> None:
    Provider.objects.update(kind="peakprivacy", anonymize_policy=policy)
    assert send(alice, model, asked).completion.parameters["anonymize"] is sent


def test_a_form_shows_what_is_always_on_as_fixed(model: LanguageModel) -> None:
    model.provider.kind, model.provider.anonymize_policy = "peakprivacy", Policy.ALWAYS
    fixed = {one.parameter.name: one.value for one in choices_for(model) if one.fixed}
    assert fixed == {"anonymize": True}


@pytest.mark.parametrize("value", [False, None, 0, "", "false", 1])
def test_what_is_always_on_cannot_be_switched_off_by_a_request(
    alice: User, model: LanguageModel, value: Any
) -> None:
    Provider.objects.update(kind="peakprivacy", anonymize_policy=Policy.ALWAYS)
    started = send(alice, model, {"anonymize": value})
    assert started.completion.parameters["anonymize"] is True


def test_what_became_always_on_holds_for_old_conversations_too(
    alice: User, model: LanguageModel
) -> None:
    Provider.objects.update(kind="peakprivacy", anonymize_policy=Policy.DEFAULT)
    started = send(alice, model, {"anonymize": False})
    assert started.completion.parameters["anonymize"] is False
    Provider.objects.update(anonymize_policy=Policy.ALWAYS)
    second = regenerate(alice, started)
    assert second.completion.parameters["anonymize"] is True


def test_what_became_always_on_holds_for_what_waits(alice: User, model: LanguageModel) -> None:
    Provider.objects.update(kind="peakprivacy", anonymize_policy=Policy.DEFAULT)
    started = send(alice, model, {"anonymize": False})
    Provider.objects.update(anonymize_policy=Policy.ALWAYS)
    run = begin.begin(started.completion.id, NODE)
    assert run is not None
    assert run.prompt is not None
    assert (run.prompt.parameters["anonymize"], run.prompt.stream) == (True, False)
    assert run.bill.anonymized is True
    assert Completion.objects.get().parameters["anonymize"] is True


def test_only_documented_parameters_are_kept_and_in_their_range(
    alice: User, model: LanguageModel
) -> None:
    chosen = {"temperature": 9000, "top_p": "much", "owner": 1, "stream": "no", "__class__": "x"}
    started = send(alice, model, chosen)
    assert started.completion.parameters == {"temperature": 2}
    assert started.conversation.parameters == {"temperature": 2}


def test_a_models_own_policy_counts_before_the_providers(model: LanguageModel) -> None:
    model.provider.kind = "peakprivacy"
    model.provider.anonymize_policy = Policy.ALWAYS
    model.anonymize_policy = Policy.OFF
    assert parameters_to_send(model, {})["anonymize"] is False
    model.anonymize_policy = ""
    assert parameters_to_send(model, {"anonymize": False})["anonymize"] is True
