"""Commands that start replies: nothing is ever overwritten, nothing is done twice."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from chat.domain import access, replies
from chat.domain.errors import ModelUnavailable, StillWriting, TextRefused, TooManyRunning
from chat.domain.replies import Started
from chat.models import Completion, Conversation, LanguageModel, Message, Provider, User
from chat.models.completion import State
from chat.protocol import ContinueReply, EditMessage, RegenerateReply, SendMessage

NODE = "this-node"
DO: dict[type, Any] = {
    SendMessage: replies.send,
    EditMessage: replies.edit,
    RegenerateReply: replies.regenerate,
    ContinueReply: replies.continue_reply,
}


def start(user: User, command: object) -> Started:
    started = DO[type(command)](user, command, NODE)
    assert isinstance(started, Started)
    return started


def refused(error: type[Exception], user: User, command: object) -> Exception:
    """The command leaves the test's own transaction usable."""
    with pytest.raises(error) as raised, transaction.atomic():
        start(user, command)
    return raised.value


def sending(model: LanguageModel, text: str = "Hello", **fields: Any) -> SendMessage:
    fields = {"conversation": uuid.uuid4(), "key": uuid.uuid4()} | fields
    return SendMessage(ref=1, text=text, language_model=model.id, **fields)


def asked(user: User, model: LanguageModel, text: str = "Hello", **fields: Any) -> Started:
    """A question whose reply has ended."""
    started = start(user, sending(model, text, **fields))
    end(started, f"About {text}")
    return started


def end(started: Started, text: str = "", state: State = State.COMPLETED) -> None:
    Completion.objects.filter(replies=started.reply).update(state=state)
    Message.objects.filter(id=started.reply.id).update(content=text)


def edit(started: Started, text: str) -> EditMessage:
    question = started.reply.parent_id or 0
    return EditMessage(1, started.conversation.id, uuid.uuid4(), question, text)


def again(started: Started) -> RegenerateReply:
    return RegenerateReply(1, started.conversation.id, uuid.uuid4(), started.reply.id)


def further(started: Started) -> ContinueReply:
    return ContinueReply(1, started.conversation.id, uuid.uuid4(), started.reply.id)


def tree(conversation: Conversation) -> list[tuple[int | None, str, str]]:
    """(place of the parent, role, content) of each message in the order of their making."""
    rows = list(Message.objects.filter(conversation=conversation).order_by("id"))
    place = {row.id: number for number, row in enumerate(rows)}
    return [(place.get(row.parent_id or 0), row.role, row.content) for row in rows]


def test_a_first_send_makes_the_conversation_with_a_title(
    alice: User, model: LanguageModel
) -> None:
    command = sending(model, "  How tall is the Eiger? And the Mönch?  ")
    started = start(alice, command)
    conversation = Conversation.objects.get()
    assert (conversation.id, conversation.owner) == (command.conversation, alice)
    assert conversation.title == "How tall is the Eiger?"
    assert conversation.leaf == started.reply
    assert tree(conversation) == [
        (None, "user", "How tall is the Eiger? And the Mönch?"),
        (0, "assistant", ""),
    ]
    completion = Completion.objects.get()
    assert (completion.state, completion.node, completion.user) == (State.QUEUED, NODE, alice)


def test_the_next_send_follows_the_path_that_is_shown(alice: User, model: LanguageModel) -> None:
    first = asked(alice, model, "One")
    second = asked(alice, model, "Two", conversation=first.conversation.id)
    assert tree(second.conversation) == [
        (None, "user", "One"),
        (0, "assistant", "About One"),
        (1, "user", "Two"),
        (2, "assistant", "About Two"),
    ]


def test_the_same_key_gives_the_same_reply(alice: User, model: LanguageModel) -> None:
    command = sending(model)
    first = start(alice, command)
    second = start(alice, command)
    assert (second.again, second.reply) == (True, first.reply)
    assert (Message.objects.count(), Completion.objects.count()) == (2, 1)


def test_the_same_key_gives_the_same_reply_for_every_command(
    alice: User, model: LanguageModel
) -> None:
    started = asked(alice, model)
    for command in [
        edit(started, "Bye"),
        again(started),
        further(started),
    ]:
        first = start(alice, command)
        end(first)
        second = start(alice, command)
        assert (second.again, second.reply) == (True, first.reply)


def test_an_edit_makes_a_sibling_and_leaves_the_old_turn(alice: User, model: LanguageModel) -> None:
    first = asked(alice, model, "One")
    second = start(alice, edit(first, "Uno"))
    assert second.replaces == first.reply.parent_id
    assert tree(first.conversation) == [
        (None, "user", "One"),
        (0, "assistant", "About One"),
        (None, "user", "Uno"),
        (2, "assistant", ""),
    ]
    assert Conversation.objects.get().leaf == second.reply


def test_regenerating_makes_a_sibling_and_leaves_the_old_reply(
    alice: User, model: LanguageModel
) -> None:
    first = asked(alice, model, "One")
    second = start(alice, again(first))
    assert second.replaces == first.reply.id
    assert tree(first.conversation) == [
        (None, "user", "One"),
        (0, "assistant", "About One"),
        (0, "assistant", ""),
    ]


def test_continuing_begins_a_sibling_with_the_text_so_far(
    alice: User, model: LanguageModel
) -> None:
    first = start(alice, sending(model, "One"))
    end(first, "It was a", State.INTERRUPTED)
    start(alice, further(first))
    assert tree(first.conversation) == [
        (None, "user", "One"),
        (0, "assistant", "It was a"),
        (0, "assistant", "It was a"),
    ]


def test_a_reply_that_is_being_written_is_neither_regenerated_nor_continued(
    alice: User, model: LanguageModel
) -> None:
    started = start(alice, sending(model))
    refused(StillWriting, alice, again(started))
    refused(StillWriting, alice, further(started))


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u2003", "x" * 64_001])
def test_an_empty_or_too_long_text_is_refused_and_nothing_is_made(
    alice: User, model: LanguageModel, text: str
) -> None:
    problem = refused(TextRefused, alice, sending(model, text))
    assert isinstance(problem, TextRefused)
    assert str(problem.words)
    assert Conversation.objects.count() == 0


def test_a_very_long_title_or_instruction_is_cut(alice: User, model: LanguageModel) -> None:
    command = sending(model, "w" * 60_000, system_prompt="\x00s" * 100_000)
    conversation = start(alice, command).conversation
    assert len(conversation.title) <= 70
    assert len(conversation.system_prompt) == replies.MAX_SYSTEM_PROMPT
    assert "\x00" not in conversation.system_prompt


def test_nobody_runs_more_than_three_at_once(alice: User, bob: User, model: LanguageModel) -> None:
    started = [start(alice, sending(model)) for _ in range(3)]
    refused(TooManyRunning, alice, sending(model))
    assert Conversation.objects.count() == 3, "the refused one left a conversation"
    start(bob, sending(model))
    end(started[0])
    start(alice, sending(model))


def test_a_model_that_was_not_granted_cannot_be_named(
    alice: User, charlie: User, provider: Provider, model: LanguageModel
) -> None:
    secret = LanguageModel.objects.create(provider=provider, model_name="secret")
    secret.groups.add(Group.objects.create(name="Board"))
    for number in (secret.id, secret.id + 99, 0, 2**53 - 1):
        command = SendMessage(1, uuid.uuid4(), uuid.uuid4(), "Hello", number)
        refused(ModelUnavailable, alice, command)
    assert Completion.objects.count() == 0


def test_a_model_that_was_taken_away_answers_no_more(alice: User, model: LanguageModel) -> None:
    started = asked(alice, model)
    model.groups.add(Group.objects.create(name="Board"))
    for command in [
        edit(started, "Bye"),
        again(started),
        further(started),
    ]:
        refused(ModelUnavailable, alice, command)


def test_another_persons_conversation_takes_nothing(
    alice: User, charlie: User, model: LanguageModel
) -> None:
    started = asked(alice, model)
    before = tree(started.conversation)
    where = started.conversation.id
    key = started.conversation.messages.earliest("id").key
    for command in [
        sending(model, conversation=where),
        sending(model, conversation=where, key=key),
        edit(started, "Bye"),
        again(started),
        further(started),
    ]:
        refused(access.NotFound, charlie, command)
    assert tree(started.conversation) == before


def test_a_message_of_another_conversation_is_not_found_in_mine(
    alice: User, charlie: User, model: LanguageModel
) -> None:
    hers = asked(alice, model)
    mine = asked(charlie, model)
    here, key, question = mine.conversation.id, uuid.uuid4(), hers.reply.parent_id or 0
    for command in [
        EditMessage(1, here, key, question, "x"),
        RegenerateReply(1, here, key, hers.reply.id),
        ContinueReply(1, here, key, hers.reply.id),
    ]:
        refused(access.NotFound, charlie, command)


def test_a_reply_is_not_edited_and_a_question_not_regenerated(
    alice: User, model: LanguageModel
) -> None:
    started = asked(alice, model)
    here, key, question = started.conversation.id, uuid.uuid4(), started.reply.parent_id or 0
    for command in [
        EditMessage(1, here, key, started.reply.id, "x"),
        RegenerateReply(1, here, key, question),
        ContinueReply(1, here, key, question),
    ]:
        refused(access.NotFound, alice, command)


def test_a_deactivated_person_starts_nothing(alice: User, model: LanguageModel) -> None:
    started = asked(alice, model)
    alice.is_active = False
    refused(ModelUnavailable, alice, sending(model))
    refused(access.NotFound, alice, again(started))


def test_trying_again_with_another_model_uses_that_one(alice: User, model: LanguageModel) -> None:
    first = asked(alice, model)
    other = LanguageModel.objects.create(provider=model.provider, model_name="other")
    command = replace(again(first), language_model=other.id, parameters={"temperature": 0.5})
    reply = start(alice, command)
    assert isinstance(reply, Started)
    assert reply.completion.model_name == "other"
    assert reply.completion.parameters["temperature"] == 0.5
    first.conversation.refresh_from_db()
    assert first.conversation.language_model == other
