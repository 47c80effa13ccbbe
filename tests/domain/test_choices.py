"""Several answers to one message stand side by side until a person keeps one."""

import pytest

from chat.domain import history
from chat.domain.transcript import states, transcript
from chat.models import Completion, Conversation, Message
from chat.models.completion import State


@pytest.fixture
def answers(conversation: Conversation) -> list[Message]:
    return answered(conversation, "One", "Two", "Three")


def answered(
    conversation: Conversation, *texts: str, state: State = State.COMPLETED
) -> list[Message]:
    completion = Completion.objects.create(
        conversation=conversation, model_name="house-1", state=state, parameters={"n": len(texts)}
    )
    question = Message.objects.create(conversation=conversation, role="user", content="Go")
    made = [
        Message.objects.create(
            conversation=conversation,
            parent=question,
            role="assistant",
            content=text,
            completion=completion,
            choice=choice,
        )
        for choice, text in enumerate(texts)
    ]
    conversation.leaf = made[0]
    conversation.save()
    return made


def beside(conversation: Conversation) -> list[list[int]]:
    """For each turn on the page the answers that stand side by side in it."""
    turns = transcript(conversation).turns
    return [[choice.message.id for choice in turn.choices] for turn in turns]


def test_all_answers_are_shown_and_the_first_one_is_the_path(
    conversation: Conversation, answers: list[Message]
) -> None:
    assert beside(conversation) == [[], [answer.id for answer in answers]]
    assert transcript(conversation).turns[-1].message == answers[0]
    assert [message_id for message_id, _ in states(conversation)][1:] == [answers[0].id]
    assert all(turn.may_keep for turn in transcript(conversation).turns[-1].choices)


def test_the_one_that_is_kept_stands_alone(
    conversation: Conversation, answers: list[Message]
) -> None:
    history.show_branch(conversation, answers[1])
    assert beside(conversation) == [[], []]
    turn = transcript(conversation).turns[-1]
    assert (turn.message, turn.position, len(turn.alternatives)) == (answers[1], 2, 3)
    assert not turn.may_keep


def test_whoever_writes_on_has_kept_the_one_that_is_shown(
    conversation: Conversation, answers: list[Message]
) -> None:
    conversation.leaf = Message.objects.create(
        conversation=conversation, parent=answers[0], role="user", content="And then?"
    )
    conversation.save()
    assert beside(conversation) == [[], [], []]


def test_answers_that_are_being_written_are_shown_before_they_have_text(
    conversation: Conversation,
) -> None:
    answers = answered(conversation, "", "", state=State.RUNNING)
    assert beside(conversation) == [[], [answer.id for answer in answers]]


def test_a_failure_is_told_once(conversation: Conversation) -> None:
    answered(conversation, "", "", state=State.FAILED)
    assert beside(conversation) == [[], []]
