"""Comments and notices over HTTP: what owner, editor, viewer, link holder and stranger get."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.domain import comments, notices
from chat.models import Comment, Conversation, LinkView, Message, Notice, Share, ShareLink, User
from chat.models.notice import NoticeKind
from chat.models.share import Role


@pytest.fixture
def message(
    conversation: Conversation, exchange: Callable[..., Message], alice: User, bob: User
) -> Message:
    """In a conversation that Bob may read."""
    Share.objects.create(conversation=conversation, user=bob, role=Role.VIEWER)
    return exchange(conversation)


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def address(message: Message, comment: Comment | None = None, do: str = "") -> str:
    base = f"/c/{message.conversation_id}/messages/{message.id}/comments/"
    return base if comment is None else f"{base}{comment.id}/{do}"


def say(user: User, message: Message, text: str = "Hello") -> Any:
    return client_of(user).post(address(message), {"key": str(uuid4()), "text": text})


def comment_of(user: User, message: Message) -> Comment:
    return Comment.objects.create(
        conversation=message.conversation, message=message, author=user, text="Hello"
    )


def test_whoever_may_read_may_comment(
    message: Message, alice: User, bob: User, charlie: User, dana: User, erin: User
) -> None:
    link = ShareLink.objects.create(conversation=message.conversation)
    LinkView.objects.create(link=link, user=dana)
    answers = {
        user.get_short_name(): (
            client_of(user).get(address(message)).status_code,
            say(user, message).status_code,
            client_of(user).get(f"/c/{message.conversation_id}/people/?q=").status_code,
        )
        for user in (alice, bob, dana, charlie, erin)
    }
    assert answers == {
        "Alice": (200, 200, 200),
        "Bob": (200, 200, 200),
        "Dana": (200, 200, 200),
        "Charlie": (404, 404, 404),
        "Erin": (404, 404, 404),
    }
    assert Comment.objects.count() == 3


@pytest.mark.parametrize(("do", "field"), [("", {"text": "Changed"}), ("remove/", {})])
def test_who_may_change_and_delete_a_viewers_comment(
    message: Message, alice: User, bob: User, charlie: User, dana: User, do: str, field: Any
) -> None:
    Share.objects.create(conversation=message.conversation, user=dana, role=Role.EDITOR)
    statuses = {}
    for user in (charlie, dana, alice, bob):
        comment = comment_of(bob, message)
        answer = client_of(user).post(address(message, comment, do), field)
        statuses[user.get_short_name()] = answer.status_code
    owners = 200 if do else 404
    assert statuses == {"Charlie": 404, "Dana": 404, "Alice": owners, "Bob": 200}


def test_after_access_has_ended_there_is_no_comment_left_to_see_or_change(
    message: Message, bob: User
) -> None:
    comment = comment_of(bob, message)
    Share.objects.all().delete()
    client = client_of(bob)
    assert client.get(address(message)).status_code == 404
    assert client.post(address(message, comment), {"text": "x"}).status_code == 404
    assert client.post(address(message, comment, "remove/")).status_code == 404


def test_a_comment_is_not_found_through_another_message(
    message: Message, exchange: Callable[..., Message], alice: User
) -> None:
    comment = comment_of(alice, message)
    other = exchange(message.conversation)
    assert client_of(alice).post(address(other, comment, "remove/")).status_code == 404


def test_a_refusal_says_why(message: Message, alice: User) -> None:
    answer = say(alice, message, " ")
    assert (answer.status_code, answer.content.decode()) == (422, "Write something first.")
    assert client_of(alice).post(address(message), {"text": "x"}).status_code == 404


def test_a_comment_is_shown_as_it_was_written(message: Message, alice: User, bob: User) -> None:
    say(alice, message, "<script>alert(1)</script> https://example.org @Bob Brunner")
    page = client_of(bob).get(address(message)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; https://example.org" in page
    assert '<b class="mention">@Bob Brunner</b>' in page
    assert "<a " not in page


def test_the_page_counts_comments_and_marks_new_ones(
    message: Message, alice: User, bob: User
) -> None:
    client = client_of(alice)
    where = f"/c/{message.conversation_id}/transcript/"
    comments.visits.see(alice, message.conversation_id)
    say(bob, message)
    page = client.get(where).content.decode()
    assert page.count('data-count="1"') == page.count("data-unread") == 1
    comments.visits.see(alice, message.conversation_id)
    assert "data-unread" not in client.get(where).content.decode()


def test_names_are_offered_to_those_with_access_only(
    message: Message, alice: User, charlie: User
) -> None:
    answer = client_of(alice).get(f"/c/{message.conversation_id}/people/?q=")
    assert "Bob Brunner" in answer.content.decode()
    assert "Charlie" not in answer.content.decode()


def test_a_notice_is_there_until_it_was_shown(message: Message, alice: User, bob: User) -> None:
    say(alice, message, "@Bob Brunner")
    client = client_of(bob)
    assert "Notices (1 new)" in client.get("/").content.decode()
    page = client.get("/notices/").content.decode()
    assert "Alice Adler mentioned you in a comment." in page
    assert f"/c/{message.conversation_id}/#m{message.id}" in page
    newest = Notice.objects.get().id
    notices.tell([bob.id], NoticeKind.SHARED, message.conversation, by="Alice Adler")
    assert client.post("/notices/seen/", {"newest": newest}).status_code == 302
    assert notices.count(bob) == 1
    assert client.post("/notices/seen/", {"newest": "x"}).status_code == 302


@pytest.mark.parametrize("rows", [1, 30])
def test_a_thread_needs_the_same_queries_however_long_it_is(
    message: Message, alice: User, rows: int
) -> None:
    for _ in range(rows):
        comment_of(alice, message)
    client = client_of(alice)
    with CaptureQueriesContext(connection) as captured:
        client.get(address(message))
    # Session and person, conversation, message, comments with authors, mentions.
    assert len(captured) == 6


def test_whoever_comments_all_the_time_is_asked_to_wait_and_others_are_not(
    message: Message, alice: User, bob: User
) -> None:
    codes = [say(bob, message).status_code for _ in range(comments.MOST_IN_A_MINUTE)]
    assert set(codes) == {200}
    refused = say(bob, message, "Once more")
    assert (refused.status_code, refused.content.decode()) == (
        409,
        "That was too often. Wait a minute, then try again.",
    )
    assert say(alice, message).status_code == 200
    assert message.comments.count() == comments.MOST_IN_A_MINUTE + 1
