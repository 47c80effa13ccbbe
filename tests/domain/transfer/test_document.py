"""What goes out comes in again, and what comes in is what went out."""

import json
import uuid
from dataclasses import replace

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from chat.domain.transcript import transcript
from chat.domain.transfer import storing
from chat.domain.transfer.markdown import markdown
from chat.domain.transfer.rows import thread_of
from chat.domain.transfer.threads import Said, Thread, ToolUse
from chat.models import Completion, Conversation, LanguageModel, Message, UsageRecord, User
from tests.domain.test_copying import grow
from tests.domain.transfer.scene import NOW, any_thread, read, refused, written


def came_in(user: User, thread: Thread) -> Conversation:
    new_id = uuid.uuid4()
    storing.store(user, thread, new_id)
    assert storing.publish([new_id], [thread.updated_at]) == 1
    return Conversation.objects.select_related("owner", "language_model").get(id=new_id)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(thread=any_thread())
def test_export_import_export_is_identical(
    alice: User, model: LanguageModel, thread: Thread
) -> None:
    first = written(thread)
    [once] = read(first.encode())
    second = written(thread_of(came_in(alice, once)))
    assert json.loads(second) == json.loads(first)
    [again] = read(second.encode())
    assert written(thread_of(came_in(alice, again))) == second


def test_a_tree_of_the_tables_comes_back_with_its_path(
    alice: User, model: LanguageModel, conversation: Conversation
) -> None:
    grow(conversation, 3)
    thread = thread_of(conversation)
    copy = came_in(alice, thread)
    assert [turn.message.content for turn in transcript(copy).turns] == [
        turn.message.content for turn in transcript(conversation).turns
    ]
    assert (thread.branches, [one.model for one in thread.calls]) == (2, ["house-1"] * 4)
    assert {turn.model for turn in transcript(copy).turns if turn.is_reply} == {str(model)}


def test_an_import_is_nothing_that_was_asked_for_here(
    alice: User, model: LanguageModel, conversation: Conversation
) -> None:
    """No provider, nothing in the ledger, and new ids."""
    grow(conversation, 2)
    before = set(Message.objects.values_list("id", flat=True))
    copy = came_in(alice, thread_of(conversation))
    assert not before & set(Message.objects.filter(conversation=copy).values_list("id", flat=True))
    assert set(copy.completions.values_list("provider", "state")) == {(None, "completed")}
    assert UsageRecord.objects.count() == 0


def test_what_is_being_written_stays_out_with_what_follows(
    alice: User, model: LanguageModel, conversation: Conversation
) -> None:
    made = grow(conversation, 2)
    Completion.objects.filter(replies=made[1]).update(state="running")
    thread = thread_of(conversation)
    assert [said.text for said in thread.messages] == ["Question 0", "Another answer"]
    assert thread.shown == 1


def test_words_of_others_do_not_become_the_importers(alice: User, bob: User) -> None:
    data = json.loads(written(_small()))
    data["messages"][0]["author"] = "Somebody Else"
    [thread] = read(data)
    [mine] = Message.objects.filter(conversation=came_in(bob, thread))
    assert mine.author is None
    [thread] = read(written(_small()).encode())
    [mine] = Message.objects.filter(conversation=came_in(bob, thread))
    assert mine.author == bob


def _small() -> Thread:
    data = {
        "format": "chatsite-conversation",
        "version": 1,
        "created_at": NOW.isoformat(),
        "updated_at": NOW.isoformat(),
        "owner": "Alice Adler",
        "messages": [
            {
                "number": 1,
                "role": "user",
                "author": "Alice Adler",
                "text": "Hi",
                "created_at": NOW.isoformat(),
            }
        ],
    }
    [thread] = read(data)
    return thread


def test_what_does_not_fit_is_told_with_its_place() -> None:
    def with_message(**fields: object) -> dict[str, object]:
        data: dict[str, object] = json.loads(written(_small()))
        [message] = data["messages"]  # type: ignore[misc]
        return data | {"messages": [message | fields]}

    head = "The conversation that begins at line 1: At “messages, 1, "
    assert [
        refused(with_message(parent=7)),
        refused(with_message(role="wizard")),
        refused(with_message(text=5)),
        refused(with_message(created_at="yesterday")),
        refused(with_message(call=3)),
        refused(with_message(files=[{"name": "a", "size": 1, "data": "%"}])),
        refused(json.loads(written(_small())) | {"version": 2}),
    ] == [
        f"{head}parent”: No message before it has this number.",
        f"{head}role”: “wizard” means nothing here.",
        f"{head}text”: There should be text.",
        f"{head}created_at”: There should be a time.",
        f"{head}call”: No call has this number.",
        f"{head}files, 1, data”: This is not base64.",
        "The conversation that begins at line 1: At “version”: "
        "This file was made by a newer Chatsite.",
    ]


def test_a_file_without_its_data_comes_in_as_its_text(alice: User) -> None:
    data = json.loads(written(_small()))
    data["messages"][0]["files"] = [{"name": "a.pdf", "kind": "pdf", "size": 9, "text": "Words"}]
    [thread] = read(data)
    file = came_in(alice, thread).attachments.get()
    assert (file.name, file.text, file.reveal()) == ("a.pdf.txt", "Words", b"Words")


def test_a_file_is_as_large_as_it_is_whatever_the_export_says(alice: User) -> None:
    data = json.loads(written(_small()))
    foreign = {"name": "a.txt", "kind": "txt", "size": 10**9, "text": "Words", "data": "V29yZHM="}
    data["messages"][0]["files"] = [foreign]
    [thread] = read(data)
    file = came_in(alice, thread).attachments.get()
    assert (file.size, file.reveal()) == (5, b"Words")


def test_long_conversations_cost_no_more_queries(
    alice: User, model: LanguageModel, conversation: Conversation
) -> None:
    counts = []
    for exchanges in (1, 30):
        grow(conversation, exchanges)
        row = Conversation.objects.select_related("owner", "language_model").get()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            thread_of(row)
        counts.append(len(queries))
    assert counts == [5, 5]


def test_ten_thousand_messages_in_a_line_come_in(alice: User) -> None:
    """Deep, that is: nothing counts on the depth of the stack."""
    [first] = _small().messages
    messages = tuple(
        replace(first, number=number, parent=number - 1 or None) for number in range(1, 10_001)
    )
    thread = replace(_small(), messages=messages, shown=10_000)
    [again] = read(written(thread).encode())
    conversation = came_in(alice, again)
    assert conversation.messages.count() == len(thread.path()) == 10_000


def test_what_was_written_while_a_tool_ran_goes_along(conversation: Conversation) -> None:
    """It stands below an answer that was made after it."""
    asked = Message.objects.create(conversation=conversation, role="user", content="Which day?")
    meanwhile = Message.objects.create(conversation=conversation, role="user", content="Hurry")
    answer = Message.objects.create(
        conversation=conversation, role="assistant", content="Sunday.", parent=asked
    )
    Message.objects.filter(id=meanwhile.id).update(parent=answer)
    said = thread_of(conversation).messages
    assert [one.text for one in said] == ["Which day?", "Sunday.", "Hurry"]


def test_a_result_full_of_backticks_is_fenced_at_once() -> None:
    """Looking for ever longer rows of them would hold up the node for hours."""
    use = ToolUse(0, "call", "shell", "{}", "done", result="`" * 1_000_000)
    said = Said(1, None, "assistant", "", NOW, tools=(use,))
    text = "".join(markdown(Thread("Title", NOW, NOW, (said,), shown=1)))
    assert text.endswith("\n" + "`" * 1_000_001 + "\n")
