"""Who runs what, and for how long: nothing that nobody runs any more stays open."""

import asyncio
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from chat import database
from chat.domain import begin, endings, progress, replies, tool_calls
from chat.models import (
    ApiKey,
    Attachment,
    Completion,
    LanguageModel,
    Message,
    Price,
    Provider,
    ToolCall,
    UsageRecord,
    User,
)
from chat.models.completion import State
from chat.models.tool_call import CallState
from chat.protocol import SendMessage
from chat.providers import Secret
from tests.kit import running_node


def sent(user: User, model: LanguageModel, *conversation: uuid.UUID) -> Completion:
    to = conversation[0] if conversation else uuid.uuid4()
    command = SendMessage(1, to, uuid.uuid4(), "Hello", model.id)
    return replies.send(user, command, "node").completion


def let_leases_end() -> None:
    past = timezone.now() - timedelta(seconds=1)
    Completion.objects.update(lease_until=past)
    ToolCall.objects.update(lease_until=past)


def test_a_node_that_lives_has_what_it_lost_hold_of_ended(
    alice: User, model: LanguageModel
) -> None:
    """Its end could not be stored for minutes, say: no other node may be there to see that."""
    lost, kept = sent(alice, model), sent(alice, model)
    for one in (lost, kept):
        assert begin.begin(one.id, "node") is not None
    assert endings.take_over("node", at_once=False, running=[kept.id]) == []
    let_leases_end()
    ended = endings.take_over("node", at_once=False, running=[kept.id])
    assert [one.conversation_id for one in ended] == [lost.conversation_id]
    assert dict(Completion.objects.values_list("id", "state")) == {
        lost.id: State.INTERRUPTED,
        kept.id: State.RUNNING,
    }
    assert [row.completion_id for row in UsageRecord.objects.all()] == [lost.id]


def test_so_it_is_with_calls_of_tools(alice: User, model: LanguageModel) -> None:
    sent(alice, model)
    reply = Message.objects.get(role="assistant")
    for number in range(2):
        ToolCall.objects.create(
            message=reply, number=number, state=CallState.RUNNING, node="node", name="sum"
        )
    let_leases_end()
    assert tool_calls.take_over("node", at_once=False, running=[reply.id]) == set()
    taken = tool_calls.take_over("node", at_once=False)
    assert taken == {(reply.conversation_id, reply.id)}
    assert {call.state for call in ToolCall.objects.all()} == {CallState.INTERRUPTED}


@pytest.mark.django_db(transaction=True)
def test_no_other_node_ends_what_waits_for_its_turn(alice: User, model: LanguageModel) -> None:
    """The answer before it may take minutes: the node says all the while that it lives."""
    first = sent(alice, model)
    second = sent(alice, model, first.conversation_id or uuid.uuid4())
    let_leases_end()
    assert progress.renew_waiting("node", {second.id}) == {second.id}
    assert progress.renew_waiting("other", {second.id}) == set()
    ended = endings.take_over("other", at_once=False)
    assert [one.replies for one in ended] == [(first.replies.get().id,)]
    assert progress.renew_waiting("node", {first.id, second.id}) == {second.id}


@pytest.mark.django_db(transaction=True)
def test_what_waits_in_vain_is_begun_by_the_next_sweep(alice: User, model: LanguageModel) -> None:
    """The reply before it ended while the database was away, say."""

    async def scene() -> None:
        async with running_node() as node:
            waiting = await database.write(sent, alice, model)
            await database.write(Completion.objects.update, node=node.id)
            gone = uuid.uuid4()
            node.relay.wait(waiting.id)
            node.relay.wait(gone)
            await node.sweep._dead_nodes()
            assert node.relay.waiting == set()

    asyncio.run(scene())
    assert Completion.objects.get().state not in {State.QUEUED, State.RUNNING}


def test_a_call_with_a_persons_own_key_costs_the_organisation_nothing_when_its_node_dies(
    alice: User, model: LanguageModel
) -> None:
    Provider.objects.update(own_keys=True)
    key = ApiKey(provider=model.provider, owner=alice)
    key.seal(Secret("sk-alice-0123456789"))
    key.save()
    Price.objects.create(
        language_model=model, valid_from="2020-01-01", currency="CHF", prompt=2, completion=2
    )
    assert begin.begin(sent(alice, model).id, "node") is not None
    endings.take_over("", at_once=True)
    row = UsageRecord.objects.get()
    assert (row.own_key, row.cost, row.source) == (True, Decimal(0), "estimated")


def test_what_stood_in_files_is_part_of_the_estimate_when_a_node_dies(
    alice: User, model: LanguageModel
) -> None:
    here = uuid.uuid4()
    file = Attachment(owner=alice, name="plan.txt", kind="txt", size=4000, text="word " * 800)
    file.seal(b"word " * 800)
    file.save()
    command = SendMessage(1, here, uuid.uuid4(), "What is this?", model.id, attachments=(file.id,))
    assert begin.begin(replies.send(alice, command, "node").completion.id, "node") is not None
    endings.take_over("", at_once=True)
    assert (UsageRecord.objects.get().prompt_tokens or 0) > 500
