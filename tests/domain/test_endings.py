"""What an end means beyond its own call: whose key was refused, what a dead process left."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.domain import begin, catalogue, endings, progress, replies
from chat.domain.runs import Ending, Piece, Run
from chat.live import commands
from chat.live.viewer import Who
from chat.models import (
    ApiKey,
    Budget,
    Conversation,
    LanguageModel,
    Message,
    Provider,
    ReplyChunk,
    UsageRecord,
    User,
)
from chat.models.completion import Part, State
from chat.protocol import SendMessage
from chat.providers import Prompt, Secret, Usage

REFUSED = Ending(State.FAILED, error_category="auth")
COMPLETED = Ending(State.COMPLETED, ("stop",), usage=Usage(10, 5, 15), accepted=True)
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
    catalogue._begin(model, Prompt(model.model_name, (), {}), erin)
    assert endings.take_over("node", at_once=False) == []
    assert len(endings.take_over("", at_once=True)) == 1
    assert endings.take_over("", at_once=True) == []
    row = UsageRecord.objects.get()
    assert (row.purpose, row.user_email) == ("check", erin.email)
    assert (row.outcome, row.source, row.total_tokens) == ("interrupted", "unknown", None)


def ask(user: User, model: LanguageModel, text: str, **fields: Any) -> Run:
    command = SendMessage(1, uuid.uuid4(), uuid.uuid4(), text, model.id, **fields)
    started = replies.send(user, command, "node")
    run = begin.begin(started.completion.id, "node")
    assert run is not None
    return run


def test_what_is_stored_and_what_is_not_yet_become_one_text_in_order(
    alice: User, model: LanguageModel
) -> None:
    """Also where a chunk is stored of which nobody knows that."""
    run = ask(alice, model, "What is Chatsite?")
    pieces = [
        Piece(run.owner, run.replies[0], seq, part, text)
        for seq, part, text in [
            (1, Part.CONTENT, "One "),
            (2, Part.REASONING, "Hm."),
            (3, Part.CONTENT, "two "),
            (4, Part.CONTENT, "three"),
        ]
    ]
    progress.store(pieces[:3], [])
    assert endings.finish(run, COMPLETED, pieces[2:], "What is Chatsite?")
    reply = Message.objects.get(id=run.replies[0])
    assert (reply.content, reply.reasoning) == ("One two three", "Hm.")
    assert not ReplyChunk.objects.exists()


@pytest.mark.parametrize(
    ("told", "tokens"),
    [
        (Usage(100, 50, 150), ("reported", 100, 50, 150)),
        (Usage(100, 50, 150, interim=True), ("estimated", 100, 50, 150)),
        (Usage(100, 1, 101, interim=True), ("estimated", 100, 5, 105)),
        (Usage(total=80, interim=True), ("estimated", 1, 5, 80)),
        (None, ("estimated", 1, 5, 6)),
    ],
)
def test_what_was_told_along_the_way_is_the_least_of_an_estimate(
    alice: User, model: LanguageModel, told: Usage | None, tokens: tuple[Any, ...]
) -> None:
    """The provider may have written on while it was being stopped."""
    run = ask(alice, model, "Hello")
    piece = Piece(run.owner, run.replies[0], 1, Part.CONTENT, "Good day, Alice.")
    assert endings.finish(run, Ending(State.STOPPED, usage=told, accepted=True), [piece], "Hello")
    row = UsageRecord.objects.get()
    found = (row.source, row.prompt_tokens, row.completion_tokens, row.total_tokens)
    assert found == tokens


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Hi", "Hi – Good day, what may I do for you on this fine Monday?"),
        ("What is it?", "What is it?"),
    ],
)
def test_an_answer_makes_a_title_after_a_mere_greeting_and_something_to_read(
    alice: User, model: LanguageModel, question: str, title: str
) -> None:
    run = ask(alice, model, question)
    text = "Good day, what may I do for you on this fine Monday?"
    piece = Piece(run.owner, run.replies[0], 1, Part.CONTENT, text)
    assert endings.finish(run, COMPLETED, [piece], question)
    conversation = Conversation.objects.get()
    assert conversation.title == title
    assert conversation.answered_at is not None


@pytest.mark.parametrize(("budgets", "asking", "ending"), [(0, 15, 12), (1, 23, 13)])
def test_a_call_costs_a_fixed_number_of_queries(
    alice: User, model: LanguageModel, budgets: int, asking: int, ending: int
) -> None:
    for _ in range(budgets):
        Budget.objects.create(period="day", unit="tokens", limit=10_000)
    endings.finish(ask(alice, model, "What is Chatsite?"), COMPLETED, [], "")
    command = SendMessage(1, uuid.uuid4(), uuid.uuid4(), "And what is it?", model.id)
    who = Who(alice.id, "session", "fingerprint", "en")
    with CaptureQueriesContext(connection) as sent:
        _started, run = commands._started(who, replies.send, command, "node")
    assert run is not None
    with CaptureQueriesContext(connection) as ended:
        assert endings.finish(run, COMPLETED, [], "And what is it?")
    assert (statements(sent), statements(ended)) == (asking, ending)


def test_whoever_ends_a_reply_takes_its_conversation_first(
    alice: User, model: LanguageModel
) -> None:
    run = ask(alice, model, "What is Chatsite?")
    with CaptureQueriesContext(connection) as captured:
        assert endings.finish(run, COMPLETED, [], "What is Chatsite?")
    updates = [query["sql"] for query in captured if query["sql"].startswith("UPDATE")]
    assert updates[0].startswith('UPDATE "chat_conversation"')
    assert updates[1].startswith('UPDATE "chat_completion"')
    # Ended by somebody else meanwhile: then nothing of it is kept.
    before = Conversation.objects.values().get()
    assert not endings.finish(run, COMPLETED, [], "What is Chatsite?")
    assert Conversation.objects.values().get() == before


def statements(captured: CaptureQueriesContext) -> int:
    """Without those that only a transaction within another one needs."""
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)
