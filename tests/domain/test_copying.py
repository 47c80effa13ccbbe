"""Copies: the whole tree is one's own, nothing is counted twice, the original is left alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.domain import access, copying
from chat.domain.sharing import Party, grant
from chat.domain.transcript import transcript
from chat.models import Completion, Conversation, Message, ToolCall, User
from chat.models.completion import State
from chat.models.share import Role


def grow(conversation: Conversation, exchanges: int) -> list[Message]:
    """Questions and answers in one line, and a second answer to the first question."""
    made: list[Message] = []
    for number in range(exchanges):
        question = Message.objects.create(
            conversation=conversation,
            parent=made[-1] if made else None,
            role="user",
            author=conversation.owner,
            content=f"Question {number}",
        )
        made += [question, reply(conversation, question, f"Answer {number}")]
    made.append(reply(conversation, made[0], "Another answer"))
    conversation.leaf = made[-2]
    conversation.system_prompt = "Be brief."
    conversation.save()
    return made


def reply(conversation: Conversation, parent: Message, text: str, **fields: Any) -> Message:
    completion = Completion.objects.create(
        conversation=conversation,
        user=conversation.owner,
        language_model=conversation.language_model,
        model_name="house-1",
        **{"state": State.COMPLETED, **fields},
    )
    return Message.objects.create(
        conversation=conversation,
        parent=parent,
        role="assistant",
        completion=completion,
        content=text,
    )


def shape(conversation: Conversation) -> list[tuple[str, str | None]]:
    """Each text with the text that it follows."""
    rows = Message.objects.filter(conversation=conversation).order_by("id")
    return list(rows.values_list("content", "parent__content"))


def test_a_viewer_gets_the_whole_tree_as_an_own_conversation(
    alice: User, bob: User, conversation: Conversation
) -> None:
    made = grow(conversation, 3)
    call = ToolCall.objects.create(message=made[1], number=0, name="ask", state="waiting")
    grant(alice, conversation, Party(bob), Role.VIEWER)
    before, completions = shape(conversation), Completion.objects.count()
    mine = copying.copy(bob, conversation)
    assert (mine.owner, mine.title, mine.system_prompt) == (
        bob,
        "Copy of Moving house",
        "Be brief.",
    )
    assert shape(mine) == shape(conversation) == before
    assert mine.leaf is not None
    assert (mine.leaf.content, mine.leaf.conversation) == ("Answer 2", mine)
    assert not set(mine.messages.values_list("id")) & set(conversation.messages.values_list("id"))
    assert list(ToolCall.objects.exclude(id=call.id).values_list("message__content", "state")) == [
        ("Answer 0", "stopped")
    ]
    assert Completion.objects.count() == completions


def test_copied_answers_say_which_model_wrote_them_and_who_asked(
    alice: User, conversation: Conversation
) -> None:
    grow(conversation, 1)
    turns = transcript(copying.copy(alice, conversation)).turns
    assert [(turn.model, turn.state) for turn in turns] == [("", ""), ("House One", "completed")]
    assert turns[0].message.author == alice


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_an_answer_that_is_still_being_written_is_left_out_with_what_follows(
    state: State, alice: User, conversation: Conversation
) -> None:
    made = grow(conversation, 1)
    running = reply(conversation, made[0], "Half", state=state)
    conversation.leaf = Message.objects.create(
        conversation=conversation, parent=running, role="user", content="And then?"
    )
    conversation.save()
    mine = copying.copy(alice, conversation)
    assert [text for text, _ in shape(mine)] == ["Question 0", "Answer 0", "Another answer"]
    assert mine.leaf is not None
    assert mine.leaf.content == "Question 0"


@pytest.mark.parametrize("person", ["charlie", "dana", "erin"])
def test_who_may_not_read_gets_no_copy(
    person: str, conversation: Conversation, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(access.NotFound):
        copying.copy(request.getfixturevalue(person), conversation)
    assert Conversation.objects.count() == 1


def test_an_empty_conversation_and_a_long_title_can_be_copied(
    alice: User, conversation: Conversation
) -> None:
    conversation.title = "x" * 200
    mine = copying.copy(alice, conversation)
    assert (len(mine.title), mine.leaf) == (200, None)


@pytest.mark.parametrize("exchanges", [1, 30])
def test_a_copy_takes_the_same_queries_however_long_it_is(
    exchanges: int, alice: User, conversation: Conversation
) -> None:
    made = grow(conversation, exchanges)
    ToolCall.objects.create(message=made[1], number=0, name="ask", state="done")
    with CaptureQueriesContext(connection) as captured:
        copying.copy(alice, conversation)
    assert len(captured) == 13
