"""The tree of a conversation: its shown path, its title, and what is left when it is deleted."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.domain import begin, endings, filing, history, progress, replies, transcript
from chat.domain.runs import Ending, Owner, Piece, Run, bill_for
from chat.models import (
    Completion,
    Conversation,
    LanguageModel,
    Message,
    ReplyChunk,
    UsageRecord,
    User,
)
from chat.models.completion import Part, State
from chat.protocol import SendMessage


def add(
    conversation: Conversation, parent: Message | None, role: str = "user", **fields: Any
) -> Message:
    message = Message.objects.create(conversation=conversation, parent=parent, role=role, **fields)
    conversation.leaf = message
    conversation.save()
    return message


def running(conversation: Conversation, user: User) -> Message:
    completion = Completion.objects.create(
        conversation=conversation,
        user=user,
        model_name="house-1",
        state=State.RUNNING,
        node="node",
        lease_until=timezone.now(),
    )
    return add(conversation, conversation.leaf, "assistant", completion=completion)


def run_of(reply: Message, user: User) -> Run:
    completion = reply.completion
    assert completion is not None
    owner = Owner(completion.id, "node", 1)
    return Run(owner, bill_for(completion, user), (reply.id,), reply.conversation_id, None)


def test_the_path_goes_from_the_first_message_to_the_leaf(conversation: Conversation) -> None:
    first = add(conversation, None)
    old = add(conversation, first, "assistant")
    new = add(conversation, first, "assistant")
    last = add(conversation, new)
    assert history.path_ids(conversation, last.id) == [first.id, new.id, last.id]
    assert history.path_ids(conversation, old.id) == [first.id, old.id]
    assert history.path_ids(conversation, None) == []


def test_another_conversations_message_is_not_on_the_path(
    alice: User, conversation: Conversation
) -> None:
    other = add(Conversation.objects.create(owner=alice), None)
    assert history.path_ids(conversation, other.id) == []


def test_choosing_an_alternative_shows_the_newest_end_below_it(conversation: Conversation) -> None:
    first = add(conversation, None)
    old = add(conversation, first, "assistant")
    below = add(conversation, old)
    newest = add(conversation, below, "assistant")
    add(conversation, first, "assistant")
    history.show_branch(conversation, old)
    conversation.refresh_from_db()
    assert conversation.leaf == newest


def test_alternatives_are_the_messages_of_one_role_with_one_parent(
    conversation: Conversation,
) -> None:
    first, other = add(conversation, None), add(conversation, None)
    reply = add(conversation, first, "assistant")
    again = add(conversation, first, "assistant")
    assert history.siblings([first, reply]) == {
        first.id: [first.id, other.id],
        reply.id: [reply.id, again.id],
    }


def test_a_new_name_is_one_line_and_fits(conversation: Conversation) -> None:
    history.rename(conversation, " A \n\r title\t" + "x" * 1_000)
    conversation.refresh_from_db()
    assert conversation.title.startswith("A title x")
    assert len(conversation.title) == 200


def test_text_that_is_on_its_way_stands_in_its_message(
    alice: User, conversation: Conversation
) -> None:
    reply = running(conversation, alice)
    for seq, part, text in [(1, Part.REASONING, "Hm."), (2, Part.CONTENT, "So "), (3, 0, "it is")]:
        ReplyChunk.objects.create(reply=reply, seq=seq, part=part, text=text)
    message = Message.objects.select_related("completion").get(id=reply.id)
    history.add_text_so_far([message])
    assert (message.content, message.reasoning) == ("So it is", "Hm.")


def test_deleting_removes_the_texts_stops_what_runs_and_keeps_the_ledger(
    alice: User, conversation: Conversation
) -> None:
    ended = running(conversation, alice)
    assert ended.completion is not None
    run = run_of(ended, alice)
    endings.finish(run, Ending(State.COMPLETED, accepted=True), [], "Hello")
    going = running(conversation, alice)
    ReplyChunk.objects.create(reply=going, seq=1, text="secret")
    filing.delete([conversation])
    assert (Conversation.objects.count(), Message.objects.count()) == (0, 0)
    assert ReplyChunk.objects.count() == 0
    assert progress.stops_requested("node") == {going.completion_id}
    record = UsageRecord.objects.get()
    assert (record.user_email, record.outcome) == ("alice@example.org", "completed")


def test_a_reply_whose_conversation_is_gone_is_still_counted(
    alice: User, conversation: Conversation
) -> None:
    going = running(conversation, alice)
    assert going.completion is not None
    run = run_of(going, alice)
    filing.delete([conversation])
    pieces = [Piece(run.owner, going.id, 1, Part.CONTENT, "too late")]
    assert endings.finish(run, Ending(State.STOPPED, accepted=True), pieces, "Hello")
    assert UsageRecord.objects.get().outcome == "stopped"
    assert ReplyChunk.objects.count() == 0


def test_a_ledgers_row_outlives_the_person(alice: User, conversation: Conversation) -> None:
    ended = running(conversation, alice)
    assert ended.completion is not None
    run = run_of(ended, alice)
    endings.finish(run, Ending(State.COMPLETED), [], "Hello")
    alice.delete()
    assert UsageRecord.objects.get().user_name == "Alice Adler"
    assert not Conversation.objects.exists()


def test_ids_that_were_never_given_out_lead_nowhere(conversation: Conversation) -> None:
    assert history.path_ids(conversation, 2**53) == []
    assert progress.stored_text(2**53) == progress.Stored("", is_whole=True)
    assert progress.stops_requested(str(uuid.uuid4())) == set()


def long_path(conversation: Conversation, count: int) -> list[int]:
    """The ids of so many messages one below the other."""
    first = add(conversation, None).id
    rows = [
        Message(
            id=first + number,
            conversation=conversation,
            parent_id=first + number - 1,
            role="assistant" if number % 2 else "user",
        )
        for number in range(1, count)
    ]
    Message.objects.bulk_create(rows)
    conversation.leaf_id = first + count - 1
    conversation.save()
    return list(range(first, first + count))


def test_of_a_long_path_the_newest_ids_are_read_and_older_ones_from_any_message_on(
    conversation: Conversation,
) -> None:
    ids = long_path(conversation, 120)
    assert history.path_ids(conversation, ids[-1], newest=51) == ids[-51:]
    newest = transcript.transcript(conversation)
    assert [turn.message.id for turn in newest.turns] == ids[-50:]
    older = transcript.transcript(conversation, before=newest.earlier)
    assert [turn.message.id for turn in older.turns] == ids[20:70]
    oldest = transcript.transcript(conversation, before=older.earlier)
    assert ([turn.message.id for turn in oldest.turns], oldest.earlier) == (ids[:20], None)


def test_older_ones_of_a_branch_that_is_not_shown_any_more_are_its_own(
    conversation: Conversation,
) -> None:
    first = add(conversation, None)
    hidden = add(conversation, first, "assistant")
    below = add(conversation, hidden)
    add(conversation, first, "assistant")
    assert history.leaf_below(conversation, hidden) == below.id
    older = transcript.transcript(conversation, before=below.id)
    assert [turn.message for turn in older.turns] == [first, hidden]
    opened = transcript.transcript(conversation, leaf_id=below.id)
    assert [turn.message for turn in opened.turns] == [first, hidden, below]


@pytest.mark.parametrize("count", [2, 30, 2_000])
def test_opening_and_sending_cost_the_same_queries_however_long_the_conversation_is(
    count: int, alice: User, conversation: Conversation, model: LanguageModel
) -> None:
    long_path(conversation, count)
    Message.objects.filter(parent=None).update(author=alice, content="Is it so?")
    with CaptureQueriesContext(connection) as opening:
        transcript.transcript(conversation)
    command = SendMessage(1, conversation.id, uuid.uuid4(), "And now?", model.id)
    started = replies.send(alice, command, "node")
    with CaptureQueriesContext(connection) as taking:
        begin.take(started.completion, started.replies, "node")
    rows = sum("chat_message" in query["sql"] for query in taking.captured_queries)
    assert (len(opening) <= 6, len(taking), rows) == (True, 9, 2)
