"""Comments: said by whoever may read, changed by whoever said it, told to whoever is mentioned."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.domain import access, comments, notices, visits
from chat.domain.errors import TextRefused
from chat.models import Comment, Conversation, Folder, Message, Notice, Share, User
from chat.models.share import Role


@pytest.fixture
def message(conversation: Conversation, alice: User) -> Message:
    return Message.objects.create(
        conversation=conversation, role="user", author=alice, content="Is it so?"
    )


@pytest.fixture
def shared(conversation: Conversation, bob: User) -> Conversation:
    Share.objects.create(conversation=conversation, user=bob, role=Role.VIEWER)
    return conversation


def say(user: User, message: Message, text: str, key: uuid.UUID | None = None) -> comments.Told:
    return comments.add(user, message.conversation, message, key or uuid.uuid4(), text)


def texts(message: Message) -> list[str]:
    return list(message.comments.values_list("text", flat=True))


def test_a_viewer_comments_and_both_see_it(
    shared: Conversation, message: Message, alice: User, bob: User
) -> None:
    assert say(bob, message, "  Is this right?\r\nI doubt it. ").count == 1
    (seen,) = comments.entries(alice, shared, message)
    assert seen.comment.text == "Is this right?\nI doubt it."
    assert (seen.is_own, seen.may_delete) == (False, True)
    (own,) = comments.entries(bob, shared, message)
    assert (own.is_own, own.may_delete) == (True, True)


def test_saying_it_twice_with_one_key_says_it_once(
    shared: Conversation, message: Message, bob: User
) -> None:
    key = uuid.uuid4()
    told = [say(bob, message, "Hello", key) for _ in range(2)]
    assert told == [comments.Told(1), comments.Told(1)]
    assert texts(message) == ["Hello"]


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * 4001])
def test_nothing_and_too_much_are_refused(message: Message, alice: User, text: str) -> None:
    with pytest.raises(TextRefused):
        say(alice, message, text)
    assert texts(message) == []


def test_only_the_author_changes_a_comment_and_the_owner_may_delete_it(
    shared: Conversation, message: Message, alice: User, bob: User
) -> None:
    say(bob, message, "One")
    say(alice, message, "Two")
    bobs, alices = message.comments.all()
    with pytest.raises(access.NotFound):
        comments.edit(alice, bobs, "Mine")
    with pytest.raises(access.NotFound):
        comments.remove(bob, alices)
    comments.edit(bob, bobs, "One and a half")
    assert texts(message) == ["One and a half", "Two"]
    assert message.comments.first().edited_at is not None
    assert comments.remove(alice, bobs).count == 1


def test_what_is_held_is_neither_changed_nor_deleted(
    shared: Conversation, message: Message, bob: User
) -> None:
    say(bob, message, "One")
    Conversation.objects.update(legal_hold=True)
    comment = access.comment_on(message, message.comments.get().id)
    with pytest.raises(comments.Held):
        comments.edit(bob, comment, "Two")
    with pytest.raises(comments.Held):
        comments.remove(bob, comment)
    assert texts(message) == ["One"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Bob Brunner, look", ["Bob Brunner"]),
        ("Ask @Bob Brunner and @Alice Adler!", ["Alice Adler", "Bob Brunner"]),
        ("@bob@example.org?", ["Bob Brunner"]),
        ("@Bob@Example.org, look", ["Bob Brunner"]),
        ("mail to x@Bob Brunner", []),
        ("@Bob", []),
        ("@Charlie Caflisch should see this", []),
        ("@ @@ @@@Bob Brunner", ["Bob Brunner"]),
        ("@Bob\nBrunner", []),
    ],
)
def test_only_people_with_access_are_mentioned(
    shared: Conversation, charlie: User, text: str, named: list[str]
) -> None:
    found = comments.mentioned_in(text, shared)
    assert sorted(person.name for person in found) == named


def test_who_is_mentioned_gets_one_notice(
    shared: Conversation, message: Message, alice: User, bob: User
) -> None:
    told = say(alice, message, "@Bob Brunner and @Alice Adler")
    assert told == comments.Told(1, frozenset({bob.id}))
    comment = message.comments.get()
    assert comments.edit(alice, comment, "@Bob Brunner, again").mentioned == frozenset()
    (line,) = notices.lines(bob)
    assert line.words == "Alice Adler mentioned you in a comment."
    assert (line.title, line.conversation, line.message) == (
        "Moving house",
        shared.id,
        message.id,
    )
    Share.objects.all().delete()
    (line,) = notices.lines(bob)
    assert (line.title, line.conversation) == ("", None)


def test_a_mention_is_marked_in_the_text(
    shared: Conversation, message: Message, alice: User
) -> None:
    say(alice, message, "Ask @Bob Brunner <b>now</b>")
    (entry,) = comments.entries(alice, shared, message)
    assert entry.pieces == [("Ask ", False), ("@Bob Brunner", True), (" <b>now</b>", False)]


def test_comments_are_unread_until_the_person_looks(
    shared: Conversation, message: Message, alice: User, bob: User
) -> None:
    visits.see(bob, shared.id)
    say(alice, message, "New")
    conversation = Conversation.objects.get()
    assert comments.unread(bob, conversation) == {message.id}
    assert comments.unread(alice, conversation) == set()
    assert visits.see(bob, shared.id) is True
    assert visits.see(bob, shared.id) is False
    assert comments.unread(bob, conversation) == set()


def test_the_comments_of_a_deleted_message_are_not_there(
    shared: Conversation, message: Message, alice: User
) -> None:
    say(alice, message, "Hello")
    deleted = {"deletion": uuid.uuid4(), "deleted_at": timezone.now()}
    Message.with_deleted.filter(id=message.id).update(**deleted)
    with pytest.raises(access.NotFound):
        access.message_in(shared, message.id)


def test_suggestions_are_people_with_access(
    conversation: Conversation, alice: User, bob: User, charlie: User
) -> None:
    conversation.folder = Folder.objects.create(owner=alice, name="Team")
    conversation.save()
    Share.objects.create(folder=conversation.folder, user=bob)
    assert comments.suggestions(alice, conversation, "") == [bob]
    assert comments.suggestions(alice, conversation, "brun") == [bob]
    assert comments.suggestions(alice, conversation, "charlie") == []
    assert comments.suggestions(bob, conversation, "a") == [alice]


@pytest.mark.parametrize("rows", [1, 30])
def test_a_thread_costs_the_same_however_long_it_is(
    shared: Conversation, message: Message, alice: User, bob: User, rows: int
) -> None:
    for number in range(rows):
        comment = Comment.objects.create(
            conversation=shared, message=message, author=bob, text=f"@Alice Adler {number}"
        )
        comment.mentions.add(alice)
        notices.tell([alice.id], "mention", shared, by="Bob Brunner", message=message.id)
    assert queries(lambda: comments.entries(alice, shared, message)) == 2
    assert queries(lambda: comments.counts([message.id])) == 1
    assert queries(lambda: notices.lines(alice)) == 2
    assert notices.count(alice) == Notice.objects.count() == rows


def queries(work: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)
