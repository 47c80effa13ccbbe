"""Deleting a message with what follows, bringing it back, and removing it for good."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.domain import access, begin, deletions, endings, history, progress, replies, transcript
from chat.domain.runs import Ending, Piece
from chat.models import (
    Comment,
    Completion,
    Conversation,
    Deletion,
    LanguageModel,
    Message,
    ToolCall,
    User,
)
from chat.models.completion import Part, State
from chat.protocol import SendMessage

from .test_history import add, run_of, running


def grow(conversation: Conversation, user: User, texts: list[str]) -> list[Message]:
    """A path of questions by this person and answers, in turns."""
    path: list[Message] = []
    for number, text in enumerate(texts):
        role, author = ("assistant", None) if number % 2 else ("user", user)
        parent = path[-1] if path else conversation.leaf
        path.append(add(conversation, parent, role, content=text, author=author))
    return path


def shown(conversation: Conversation) -> list[str]:
    conversation.refresh_from_db()
    return [turn.message.content for turn in transcript.transcript(conversation).turns]


def test_what_follows_goes_too_in_all_branches_and_what_stood_above_is_shown(
    alice: User, conversation: Conversation
) -> None:
    *_, second, _other = grow(conversation, alice, ["one", "two", "three", "four"])
    add(conversation, second, "assistant", content="another four")
    deletion = deletions.delete(alice, conversation, second)
    assert shown(conversation) == ["one", "two"]
    assert Message.with_deleted.filter(deletion=deletion.id).count() == 3
    deletions.undo(alice, conversation, deletion.id)
    assert shown(conversation) == ["one", "two", "three", "another four"]
    assert not Deletion.objects.exists()


def test_a_sibling_is_shown_in_its_place_the_one_before_it_first(
    alice: User, conversation: Conversation
) -> None:
    question = add(conversation, None, author=alice, content="ask")
    answers = [add(conversation, question, "assistant", content=text) for text in "abc"]
    deletions.delete(alice, conversation, answers[2])
    assert shown(conversation) == ["ask", "b"]
    history.show_branch(conversation, answers[0])
    deletions.delete(alice, conversation, answers[0])
    assert shown(conversation) == ["ask", "b"]
    deletions.delete(alice, conversation, question)
    assert shown(conversation) == []


def test_a_hidden_branch_goes_without_changing_what_is_shown(
    alice: User, conversation: Conversation
) -> None:
    question = add(conversation, None, author=alice, content="ask")
    hidden = add(conversation, question, "assistant", content="hidden")
    add(conversation, question, "assistant", content="seen")
    deletion = deletions.delete(alice, conversation, hidden)
    deletions.undo(alice, conversation, deletion.id)
    assert shown(conversation) == ["ask", "seen"]


def test_what_is_being_written_is_stopped_counted_and_comes_back_with_its_text(
    alice: User, conversation: Conversation
) -> None:
    question = add(conversation, None, author=alice, content="ask")
    reply = running(conversation, alice)
    run = run_of(reply, alice)
    Completion.objects.update(lease_until=timezone.now() + timedelta(hours=1))
    deletion = deletions.delete(alice, conversation, question)
    assert progress.stops_requested("node") == {reply.completion_id}
    pieces = [Piece(run.owner, reply.id, 1, Part.CONTENT, "half of it")]
    progress.store(pieces, [])
    endings.take_over("other", at_once=False)
    assert endings.finish(run, Ending(State.STOPPED, accepted=True), [], "ask")
    deletions.undo(alice, conversation, deletion.id)
    assert shown(conversation) == ["ask", "half of it"]


def test_of_several_answers_of_one_call_the_others_go_on(
    alice: User, conversation: Conversation
) -> None:
    question = add(conversation, None, author=alice, content="ask")
    first = running(conversation, alice)
    second = add(conversation, question, "assistant", completion=first.completion, choice=1)
    deletion = deletions.delete(alice, conversation, first)
    assert not Completion.objects.exclude(stop_requested_at=None).exists()
    run = replace(run_of(first, alice), replies=(first.id, second.id))
    pieces = [Piece(run.owner, it, 1, Part.CONTENT, str(it)) for it in run.replies]
    assert endings.finish(run, Ending(State.COMPLETED, accepted=True), pieces, "ask")
    assert shown(conversation) == ["ask", str(second.id)]
    deletions.undo(alice, conversation, deletion.id)
    texts = Message.objects.filter(parent=question).values_list("content", flat=True)
    assert set(texts) == {str(first.id), str(second.id)}


def test_a_call_of_which_no_answer_is_wanted_is_stopped(
    alice: User, conversation: Conversation
) -> None:
    question = add(conversation, None, author=alice, content="ask")
    first = running(conversation, alice)
    second = add(conversation, question, "assistant", completion=first.completion, choice=1)
    for reply in (first, second):
        assert Completion.objects.get().stop_requested_at is None
        deletions.delete(alice, conversation, reply)
    assert Completion.objects.get().stop_requested_at is not None


def test_a_tool_that_waits_below_is_not_waited_for_any_more(
    alice: User, conversation: Conversation
) -> None:
    question = add(conversation, None, author=alice, content="ask")
    asking = add(conversation, question, "assistant", calls_open=True)
    ToolCall.objects.create(message=asking, number=0, name="ask", state="waiting")
    deletion = deletions.delete(alice, conversation, question)
    deletions.undo(alice, conversation, deletion.id)
    assert ToolCall.objects.get().state == "stopped"
    assert not Message.objects.filter(calls_open=True).exists()


def test_sending_again_what_was_deleted_makes_nothing_new(
    alice: User, conversation: Conversation, model: LanguageModel
) -> None:
    command = SendMessage(1, conversation.id, uuid.uuid4(), "ask", model.id)
    started = replies.send(alice, command, "node")
    deletions.delete(alice, conversation, started.messages[0])
    again = replies.send(alice, command, "node")
    assert (again.again, again.reply) == (True, started.reply)
    assert begin.begin(started.completion.id, "node") is None


def test_an_editor_deletes_own_questions_with_their_answers_and_nothing_else(
    alice: User, bob: User, conversation: Conversation
) -> None:
    grow(conversation, alice, ["hers", "answer"])
    his, answer = grow(conversation, bob, ["his", "to him"])
    hers = add(conversation, answer, author=alice, content="hers again")
    for message in (hers, his, answer):
        with pytest.raises(deletions.OthersWords):
            deletions.delete(bob, conversation, message)
    deletions.delete(alice, conversation, hers)
    deletion = deletions.delete(bob, conversation, answer)
    deletions.undo(bob, conversation, deletion.id)
    deletions.delete(bob, conversation, his)
    assert shown(conversation) == ["hers", "answer"]


def test_an_editor_cannot_bring_back_what_the_owner_has_removed(
    alice: User, bob: User, conversation: Conversation
) -> None:
    first, _answer = grow(conversation, alice, ["hers", "answer"])
    deletion = deletions.delete(alice, conversation, first)
    with pytest.raises(deletions.OthersWords):
        deletions.undo(bob, conversation, deletion.id)


@pytest.mark.parametrize("held", ["conversation", "owner", "author"])
def test_under_a_legal_hold_nothing_is_deleted_and_nothing_removed_for_good(
    held: str, alice: User, bob: User, conversation: Conversation
) -> None:
    question = add(conversation, None, author=bob, content="ask")
    deletion = deletions.delete(alice, conversation, question)
    row = {"conversation": conversation, "owner": alice, "author": bob}[held]
    row.legal_hold = True
    row.save()
    assert deletions.purge_deleted(timezone.now() + timedelta(days=2)) == 0
    deletions.undo(alice, conversation, deletion.id)
    with pytest.raises(deletions.OnHold):
        deletions.delete(alice, conversation, question)
    assert shown(conversation) == ["ask"]


def test_what_is_held_does_not_go_with_what_stood_above_it(
    alice: User, bob: User, conversation: Conversation
) -> None:
    first = add(conversation, None, author=alice, content="hers")
    second = add(conversation, first, author=bob, content="his")
    for message in (second, first):
        deletions.delete(alice, conversation, message)
    User.objects.filter(id=bob.id).update(legal_hold=True)
    assert deletions.purge_deleted(timezone.now() + timedelta(days=2)) == 0
    assert set(Message.with_deleted.all()) == {first, second}


def test_what_hangs_below_another_deletion_waits_for_that(
    alice: User, conversation: Conversation
) -> None:
    first, _answer, second, _other = grow(conversation, alice, ["one", "two", "three", "four"])
    inner = deletions.delete(alice, conversation, second)
    outer = deletions.delete(alice, conversation, first)
    with pytest.raises(deletions.NothingAbove):
        deletions.undo(alice, conversation, inner.id)
    deletions.undo(alice, conversation, outer.id)
    deletions.undo(alice, conversation, inner.id)
    assert shown(conversation) == ["one", "two", "three", "four"]
    with pytest.raises(access.NotFound):
        deletions.undo(alice, conversation, inner.id)


def test_after_a_day_it_is_gone_for_good_with_what_hung_on_it(
    alice: User, conversation: Conversation
) -> None:
    *_, second, fourth = grow(conversation, alice, ["one", "two", "three", "four"])
    Comment.objects.create(conversation=conversation, message=fourth, author=alice, text="Hm.")
    deletion = deletions.delete(alice, conversation, second)
    assert deletions.purge_deleted(timezone.now() - timedelta(days=1)) == 0
    past = timezone.now() - timedelta(days=2)
    Deletion.objects.update(created_at=past)
    Message.with_deleted.filter(deletion=deletion.id).update(deleted_at=past)
    with pytest.raises(deletions.TooLate):
        deletions.undo(alice, conversation, deletion.id)
    assert deletions.purge_deleted(timezone.now() - timedelta(days=1)) == 2
    assert deletions.purge_deleted(timezone.now() - timedelta(days=1)) == 0
    assert [it.content for it in Message.with_deleted.order_by("id")] == ["one", "two"]
    assert not Comment.objects.exists()
    assert shown(conversation) == ["one", "two"]


@pytest.mark.parametrize("pairs", [1, 30])
def test_deleting_takes_the_same_queries_however_much_follows(
    pairs: int, alice: User, conversation: Conversation
) -> None:
    path = grow(conversation, alice, ["ask", "answer"] * pairs)
    with CaptureQueriesContext(connection) as captured:
        deletions.delete(alice, conversation, path[0])
    assert len(captured) == 14
