"""The conversation page and the parts of its transcript."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.test import Client

from chat.models import Completion, Conversation, LanguageModel, Message
from chat.models.completion import Part, ReplyChunk, State

Exchange = Callable[..., Message]


def test_the_empty_page_greets_the_person(as_alice: Client, model: LanguageModel) -> None:
    page = as_alice.get("/").content.decode()
    assert "Hello Alice, what are you working on?" in page
    assert f'<option value="{model.id}" selected>House One</option>' in page


def test_without_any_model_the_empty_page_says_so(as_alice: Client) -> None:
    page = as_alice.get("/").content.decode()
    assert "No model is available to you yet." in page
    assert 'id="message"' not in page


def test_it_picks_the_model_that_was_used_last(
    as_alice: Client, conversation: Conversation, model: LanguageModel
) -> None:
    other = LanguageModel.objects.create(provider=model.provider, model_name="another")
    conversation.language_model = other
    conversation.save()
    page = as_alice.get("/").content.decode()
    assert f'<option value="{other.id}" selected>another</option>' in page


def test_a_conversation_shows_its_turns(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    reply = exchange(conversation, "It is **so**.")
    page = as_alice.get(f"/c/{conversation.id}/").content.decode()
    assert "<title>Moving house · Chatsite</title>" in page
    assert f'id="m{reply.id}" data-message="{reply.id}" data-state="completed"' in page
    assert 'aria-label="Assistant (House One)"' in page
    assert "<p>It is <strong>so</strong>.</p>" in page
    assert '<p class="as-typed">Is it so?</p>' in page


def test_a_lost_model_is_told(
    as_alice: Client, conversation: Conversation, model: LanguageModel
) -> None:
    LanguageModel.objects.create(provider=model.provider, model_name="another")
    model.enabled = False
    model.save()
    page = as_alice.get(f"/c/{conversation.id}/").content.decode()
    assert "The model of this conversation is no longer available." in page


def test_a_running_reply_shows_the_text_so_far(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    reply = exchange(conversation, "", state=State.RUNNING, finished_at=None)
    ReplyChunk.objects.create(reply=reply, seq=1, part=Part.CONTENT, text="So far")
    fragment = as_alice.get(f"/c/{conversation.id}/transcript/").content.decode()
    assert 'data-state="running"' in fragment
    assert "<p>So far</p>" in fragment
    assert "Writing" in fragment
    assert "<html" not in fragment


def test_what_can_be_done_depends_on_the_end(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    exchange(conversation, "Half", state=State.INTERRUPTED)
    fragment = as_alice.get(f"/c/{conversation.id}/transcript/").content.decode()
    assert "Continue</button>" in fragment
    assert "Try again</button>" in fragment
    assert "Regenerate</button>" not in fragment


def test_hostile_text_stays_text(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    conversation.title = hostile
    conversation.system_prompt = f"</textarea>{hostile}"
    reply = exchange(conversation, hostile)
    Completion.objects.filter(id=reply.completion_id).update(model_name=hostile)
    Message.objects.filter(id=reply.parent_id).update(content=hostile)
    page = as_alice.get(f"/c/{conversation.id}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_newest_fifty_turns_come_first_and_older_ones_on_demand(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    replies = [exchange(conversation) for _ in range(30)]
    page = as_alice.get(f"/c/{conversation.id}/").content.decode()
    assert page.count('<article class="turn turn-reply"') == 25
    before = replies[5].parent_id
    assert f"/c/{conversation.id}/turns/?before={before}" in page
    older = as_alice.get(f"/c/{conversation.id}/turns/", {"before": before}).content.decode()
    assert older.count("<article") == 10
    assert "Show earlier messages" not in older


def test_another_branch_is_shown_with_what_followed_it(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    first = exchange(conversation, "First")
    conversation.leaf = None
    conversation.save()
    second = exchange(conversation, "Second")
    assert second.parent is not None
    second.parent.parent = None
    second.parent.save()
    shown = as_alice.post(f"/c/{conversation.id}/branch/", {"message": first.parent_id})
    conversation.refresh_from_db()
    assert conversation.leaf_id == first.id
    assert "<p>First</p>" in shown.content.decode()
    assert "1/2" in shown.content.decode()


def test_the_source_of_a_message_is_what_was_written(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    reply = exchange(conversation, "It is **so** <b>.")
    answer = as_alice.get(f"/c/{conversation.id}/messages/{reply.id}/source/")
    assert answer.content.decode() == "It is **so** <b>."
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_message_of_another_conversation_is_not_found_through_mine(
    as_alice: Client, conversation: Conversation, exchange: Exchange, charlie: Any
) -> None:
    theirs = Conversation.objects.create(owner=charlie, language_model=conversation.language_model)
    reply = exchange(theirs, "Secret")
    mine = f"/c/{conversation.id}"
    assert as_alice.get(f"{mine}/messages/{reply.id}/source/").status_code == 404
    assert as_alice.post(f"{mine}/branch/", {"message": reply.id}).status_code == 404


def test_numbers_that_are_none_are_not_found(as_alice: Client, conversation: Conversation) -> None:
    for text in ("", "-1", "x", "1.5", "९", "9" * 30):
        answer = as_alice.get(f"/c/{conversation.id}/turns/", {"before": text})
        assert (text, answer.status_code) == (text, 404)


def test_a_conversation_that_is_not_there_is_not_found(as_alice: Client) -> None:
    assert as_alice.get(f"/c/{uuid4()}/").status_code == 404
