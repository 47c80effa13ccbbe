"""Deleted conversations: gone for everybody at once, brought back for a day, then removed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.domain import (
    access,
    audience,
    deletions,
    housekeeping,
    leaving,
    listings,
    losses,
    recently_deleted,
    replies,
    rounds,
    share_links,
)
from chat.domain.filing import Removed
from chat.domain.search import search
from chat.domain.sharing import Party, grant
from chat.models import (
    AuditEvent,
    Completion,
    Conversation,
    Deletion,
    LanguageModel,
    Message,
    Share,
    ShareLink,
    ToolCall,
    User,
)
from chat.models.audit_event import Verb
from chat.models.share import Role
from chat.protocol import SendMessage

from .test_history import add, running

DAY = timedelta(days=1)
SOON = timedelta(minutes=1)


def some(owner: User, count: int, **fields: Any) -> list[Conversation]:
    rows = (Conversation(owner=owner, title=f"Number {n}", **fields) for n in range(count))
    return Conversation.objects.bulk_create(rows)


def age(by: timedelta) -> None:
    for row in Conversation.with_deleted.exclude(deleted_at=None):
        Conversation.with_deleted.filter(id=row.id).update(deleted_at=row.deleted_at - by)  # type: ignore[operator]


def seen_by(user: User, conversation: Conversation) -> dict[str, bool]:
    """By which doors the person still comes to it."""
    names = ("recent", "shared")
    found = search(user, "moving")
    return {
        "read": Conversation.objects.readable_by(user).filter(id=conversation.id).exists(),
        "listed": any(listings.page(user, name, 9).conversations for name in names),
        "searched": bool(found.titles or found.messages),
        "audience": bool(audience.among(conversation.id, [user.id])),
    }


def test_nobody_sees_it_until_it_is_brought_back_as_it_was(
    alice: User, bob: User, conversation: Conversation
) -> None:
    add(conversation, None, content="moving", author=alice)
    grant(alice, conversation, Party(bob), Role.EDITOR)
    link = share_links.make(alice, conversation, timezone.now() + DAY)
    everything = dict.fromkeys(("read", "listed", "searched", "audience"), True)
    nothing = dict.fromkeys(everything, False)
    assert [seen_by(user, conversation) for user in (alice, bob)] == [everything, everything]
    assert recently_deleted.discard([conversation]).ids == (conversation.id,)
    assert [seen_by(user, conversation) for user in (alice, bob)] == [nothing, nothing]
    assert list(ShareLink.objects.valid()) == []
    assert losses.words(bob.id, conversation.id, "en") == "This conversation was deleted."
    with pytest.raises(access.NotFound):
        recently_deleted.restore(bob, conversation.id)
    assert recently_deleted.restore(alice, conversation.id) == conversation
    assert [seen_by(user, conversation) for user in (alice, bob)] == [everything, everything]
    assert list(ShareLink.objects.valid()) == [link]
    conversation.refresh_from_db()
    assert conversation.rights_version == 4


def test_what_was_deleted_at_once_comes_back_at_once_or_one_by_one(alice: User, bob: User) -> None:
    first, second, third = some(alice, 3)
    some(bob, 1)
    recently_deleted.discard([third])
    recently_deleted.discard([first, second])
    together, alone = recently_deleted.recent(alice)
    assert (together.conversations, together.count) == ([first, second], 2)
    assert (alone.conversations, alone.count) == ([third], 1)
    recently_deleted.restore(alice, first.id)
    assert recently_deleted.restore_together(alice, together.at) == [second.id]
    assert [it.conversations for it in recently_deleted.recent(alice)] == [[third]]
    with pytest.raises(access.NotFound):
        recently_deleted.restore_together(bob, alone.at)


def test_after_a_day_it_is_removed_for_good_but_what_is_held_stays(alice: User, bob: User) -> None:
    [free], [held], [kept] = some(alice, 1), some(bob, 1), some(alice, 1)
    recently_deleted.discard([free])
    recently_deleted.discard([held])
    age(DAY - SOON)
    assert (recently_deleted.purge(), len(recently_deleted.recent(alice))) == (0, 1)
    age(2 * SOON)
    User.objects.filter(id=bob.id).update(legal_hold=True)
    with pytest.raises(access.NotFound):
        recently_deleted.restore(alice, free.id)
    assert recently_deleted.recent(alice) == []
    assert [housekeeping.purge(), housekeeping.purge()] == [1, 0]
    assert set(Conversation.with_deleted.all()) == {held, kept}


def test_a_temporary_one_is_removed_at_once_and_a_held_one_stays(alice: User) -> None:
    [held], [passing] = some(alice, 1, legal_hold=True), some(alice, 1, temporary=True)
    removed = recently_deleted.discard([held, passing])
    assert (removed.ids, removed.held) == ((passing.id,), 1)
    assert list(Conversation.with_deleted.all()) == [held]


def test_running_answers_and_tools_are_stopped_and_no_round_follows(
    alice: User, conversation: Conversation
) -> None:
    message = running(conversation, alice)
    call = ToolCall.objects.create(message=message, number=0, name="clock", state="waiting")
    Message.objects.filter(id=message.id).update(calls_open=True)
    recently_deleted.discard([conversation])
    call.refresh_from_db()
    assert call.state == "stopped"
    assert rounds.ready() == []
    assert rounds.next_round(message.id, "here") is None
    assert Completion.objects.get().stop_requested_at is not None


def test_its_id_is_not_taken_for_a_new_conversation(
    alice: User, conversation: Conversation, model: LanguageModel
) -> None:
    recently_deleted.discard([conversation])
    command = SendMessage(
        ref=1, conversation=conversation.id, key=conversation.id, text="Hi", language_model=model.id
    )
    with pytest.raises(access.NotFound):
        replies.send(alice, command, "here")


def test_the_owner_removes_them_for_good_at_once_but_what_is_held_stays(
    alice: User, bob: User
) -> None:
    [alone], [first, second, held] = some(alice, 1), some(alice, 3)
    recently_deleted.discard([alone])
    recently_deleted.discard([first, second, held])
    together = recently_deleted.recent(alice)[0]
    Conversation.with_deleted.filter(id=held.id).update(legal_hold=True)
    for choice in (alone.id, together.at):
        with pytest.raises(access.NotFound):
            recently_deleted.remove(bob, choice)
    assert recently_deleted.remove(alice, alone.id) == Removed((alone.id,), 0)
    removed = recently_deleted.remove(alice, together.at)
    assert (set(removed.ids), removed.held) == ({first.id, second.id}, 1)
    assert recently_deleted.remove(alice, held.id) == Removed((), 1)
    assert list(Conversation.with_deleted.all()) == [held]
    told = AuditEvent.objects.filter(verb=Verb.DELETED).order_by("id")
    assert [(event.actor, event.details) for event in told] == [
        (alice, '{"conversations": 1}'),
        (alice, '{"conversations": 2}'),
    ]


def test_deleting_everything_takes_what_lies_there_along(alice: User) -> None:
    [discarded], [other] = some(alice, 1), some(alice, 1)
    recently_deleted.discard([discarded])
    assert set(leaving.delete_all(alice)) == {discarded.id, other.id}
    assert not Conversation.with_deleted.exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_for_many(alice: User, rows: int) -> None:
    recently_deleted.discard(some(alice, rows))
    with CaptureQueriesContext(connection) as captured:
        [found] = recently_deleted.recent(alice)
    assert (len(captured), found.count) == (2, rows)


def test_messages_are_offered_to_who_deleted_them_and_to_the_owner(
    alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    grant(alice, conversation, Party(bob), Role.EDITOR)
    question = add(conversation, None, content="Who?", author=bob)
    add(conversation, question, "assistant", content="Nobody.")
    deletion = deletions.delete(bob, conversation, question)
    offered = [list(deletions.recent(user)) for user in (alice, bob, charlie)]
    assert offered == [[deletion], [deletion], []]
    assert deletions.sizes([deletion]) == {deletion.id: 2}
    Share.objects.update(role=Role.VIEWER)
    assert list(deletions.recent(bob)) == []
    recently_deleted.discard([conversation])
    assert list(deletions.recent(alice)) == []
    Deletion.objects.update(created_at=timezone.now() - DAY)
    recently_deleted.restore(alice, conversation.id)
    assert list(deletions.recent(alice)) == []
