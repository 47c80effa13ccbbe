"""Filing: pinned, archived, moved and deleted, many at once in a fixed number of queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.domain import access, filing, folders, leaving
from chat.domain.filing import Action
from chat.models import AuditEvent, Conversation, Folder, Message, Share, User


def some(owner: User, count: int) -> list[Conversation]:
    rows = [Conversation(owner=owner, title=f"Number {number}") for number in range(count)]
    return Conversation.objects.bulk_create(rows)


def state(conversation: Conversation) -> tuple[bool, bool]:
    conversation.refresh_from_db()
    return conversation.pinned_at is not None, conversation.archived_at is not None


def queries(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_what_is_archived_is_pinned_no_more(conversation: Conversation) -> None:
    states = []
    for action in (Action.PIN, Action.UNPIN, Action.PIN, Action.ARCHIVE, Action.RESTORE):
        filing.file([conversation], action)
        states.append(state(conversation))
    assert states == [(True, False), (False, False), (True, False), (False, True), (False, False)]


@pytest.mark.parametrize("count", [1, 30])
def test_many_cost_as_many_queries_as_one(alice: User, count: int) -> None:
    rows = some(alice, count)
    folder = Folder.objects.create(owner=alice, name="Contracts")
    ids = [row.id for row in rows]
    assert queries(lambda: access.conversations_own(alice, ids)) == 1
    assert queries(lambda: filing.file(rows, Action.ARCHIVE)) == 1
    # A transaction around the shares of the folders, and the change.
    assert queries(lambda: filing.move(rows, folder)) == 4


def test_deleting_many_costs_as_many_queries_as_deleting_one(alice: User) -> None:
    ids = [row.id for row in some(alice, 31)]
    one, *thirty = access.conversations_own(alice, ids)
    assert queries(lambda: filing.delete(thirty)) == queries(lambda: filing.delete([one]))


def test_only_own_ones_are_found_for_filing(alice: User, bob: User, charlie: User) -> None:
    mine, hers = some(alice, 2), some(bob, 1)
    Share.objects.create(conversation=hers[0], user=alice, role="editor")
    ids = [row.id for row in [*mine, *hers]]
    assert set(access.conversations_own(alice, ids)) == set(mine)
    assert access.conversations_own(charlie, ids) == []


def test_moving_raises_the_version_of_the_rights_where_something_changes(alice: User) -> None:
    here, there = some(alice, 2)
    folder = Folder.objects.create(owner=alice, name="Contracts")
    filing.move([there], folder)
    filing.move([here, there], folder)
    filing.move([there], None)
    rows = Conversation.objects.values_list("id", "folder", "rights_version")
    assert set(rows) == {(here.id, folder.id, 2), (there.id, None, 3)}


def test_what_a_shared_folder_gives_and_takes_is_written_to_the_audit_log(
    alice: User, bob: User
) -> None:
    here, there, other = some(alice, 3)
    shared, private = (Folder.objects.create(owner=alice, name=name) for name in "ab")
    number = shared.id
    Share.objects.create(folder=shared, user=bob)
    filing.move([here, there], shared)
    for row in (here, there):
        row.refresh_from_db()
    filing.move([here, there], shared)
    filing.move([there, other], private)
    folders.delete(shared)
    events = AuditEvent.objects.order_by("id").values_list("verb", "actor", "object_id", "details")
    in_it = f'{{"folder": {number}}}'
    assert list(events) == [
        ("shared", alice.id, str(here.id), in_it),
        ("shared", alice.id, str(there.id), in_it),
        ("share_revoked", alice.id, str(there.id), in_it),
        ("share_revoked", alice.id, str(number), '{"conversations": 1}'),
    ]


def test_a_legal_hold_keeps_what_it_is_on(alice: User) -> None:
    held, free = some(alice, 2)
    Conversation.objects.filter(id=held.id).update(legal_hold=True)
    chosen = access.conversations_own(alice, [held.id, free.id])
    assert filing.delete(chosen) == filing.Removed((free.id,), 1)
    assert list(Conversation.objects.values_list("id", flat=True)) == [held.id]


def test_a_legal_hold_on_a_person_keeps_everything(alice: User) -> None:
    User.objects.filter(id=alice.id).update(legal_hold=True)
    [row] = some(alice, 1)
    [chosen] = access.conversations_own(alice, [row.id])
    assert filing.delete([chosen]) == filing.Removed((), 1)


def test_a_legal_hold_on_somebody_who_wrote_in_it_keeps_it_for_the_owner_too(
    alice: User, bob: User
) -> None:
    [row] = some(alice, 1)
    Message.objects.create(conversation=row, role="user", author=bob, content="Mine")
    User.objects.filter(id=bob.id).update(legal_hold=True)
    chosen = access.conversations_own(alice, [row.id])
    assert filing.delete(chosen) == filing.Removed((), 1)
    assert leaving.delete_all(alice) == []
    with pytest.raises(leaving.AccountHeld):
        leaving.delete_account(alice)


def test_a_folder_goes_and_what_is_in_it_stays(alice: User, conversation: Conversation) -> None:
    folder = folders.create(alice, "  Contracts\n2026 ")
    filing.move([conversation], folder)
    assert folders.delete(folder) == (conversation.id,)
    conversation.refresh_from_db()
    assert (folder.name, conversation.folder_id) == ("Contracts 2026", None)
    assert conversation.rights_version == 3


def test_a_name_is_there_once_for_each_person(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts, other = folders.create(alice, "Contracts"), folders.create(alice, "Other")
    folders.create(bob, "Contracts")
    with pytest.raises(folders.NameTaken):
        folders.create(alice, " Contracts ")
    with pytest.raises(folders.NameTaken):
        folders.rename(other, "Contracts")
    assert folders.find_or_create(alice, "Contracts") == contracts
    monkeypatch.setattr(folders, "MOST", 2)
    with pytest.raises(folders.TooManyFolders):
        folders.find_or_create(alice, "One more")
