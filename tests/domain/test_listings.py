"""The sidebar's lists: complete, in order, for the right people, and each from its own index."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.domain import access, listings, visits
from chat.domain.listings import Found, Key
from chat.models import Conversation, Folder, LinkView, Share, ShareLink, User, Visit

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
INDEXES = {
    "recent": "conversation_sidebar",
    "pinned": "conversation_pinned",
    "archived": "conversation_archived",
    "folder": "conversation_in_folder",
}


def make(owner: User, title: str, **fields: object) -> Conversation:
    row = Conversation.objects.create(owner=owner, title=title)
    Conversation.objects.filter(id=row.id).update(**{"updated_at": NOON} | fields)
    row.refresh_from_db()
    return row


def titles(user: User, name: str) -> list[str]:
    return [row.title for row in listings.page(user, name, 30).conversations]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.uuids(), st.integers(0, 2)), max_size=12, unique_by=lambda it: it[0]
    ),
    count=st.integers(1, 5),
)
def test_pages_hold_each_conversation_once_and_in_order(
    alice: User, rows: list[tuple[UUID, int]], count: int
) -> None:
    Conversation.objects.all().delete()
    made = [Conversation(id=number, owner=alice) for number, _minutes in rows]
    Conversation.objects.bulk_create(made)
    for row, (_number, minutes) in zip(made, rows, strict=True):
        row.updated_at = NOON + timedelta(minutes=minutes)
    Conversation.objects.bulk_update(made, ["updated_at"])
    seen: list[Conversation] = []
    page = listings.page(alice, "recent", count)
    while True:
        assert len(page.conversations) <= count
        seen += page.conversations
        if page.rest is None:
            break
        page = listings.page(alice, "recent", count, page.rest)
    ordered = sorted(made, key=lambda row: (row.updated_at, row.id), reverse=True)
    assert [row.id for row in seen] == [row.id for row in ordered]


def test_each_conversation_is_where_it_was_put(alice: User) -> None:
    folder = Folder.objects.create(owner=alice, name="Contracts")
    make(alice, "recent")
    make(alice, "pinned", pinned_at=NOON)
    make(alice, "archived", archived_at=NOON)
    make(alice, "in folder", folder=folder)
    make(alice, "pinned in folder", folder=folder, pinned_at=NOON, updated_at=NOON - timedelta(1))
    make(alice, "archived in folder", folder=folder, archived_at=NOON - timedelta(1))
    make(alice, "temporary", temporary=True)
    assert {name: set(titles(alice, name)) for name in listings.LISTS} == {
        "recent": {"recent"},
        "pinned": {"pinned", "pinned in folder"},
        "archived": {"archived", "archived in folder"},
        "shared": set(),
    }
    assert titles(alice, f"folder-{folder.id}") == ["in folder", "pinned in folder"]


@pytest.mark.parametrize("name", ["", "folder-", "folder-x", "folder-99", "folder--1", "all"])
def test_a_list_that_is_not_there_is_not_found(alice: User, name: str) -> None:
    with pytest.raises(access.NotFound):
        listings.page(alice, name, 30)


def test_others_see_what_is_shared_with_them_by_whatever_way(
    alice: User, bob: User, charlie: User
) -> None:
    team = Group.objects.create(name="Sales")
    bob.groups.add(team)
    to_person, to_team, to_all, linked, _own = (
        make(alice, title) for title in ("person", "team", "everyone", "link", "nobody")
    )
    Share.objects.create(conversation=to_person, user=bob, created_by=alice)
    Share.objects.create(conversation=to_team, group=team, created_by=alice)
    Share.objects.create(conversation=to_all, everyone=True, created_by=alice)
    link = ShareLink.objects.create(conversation=linked, created_by=alice)
    LinkView.objects.create(link=link, user=bob)
    over = make(alice, "over")
    Share.objects.create(conversation=over, user=bob, expires_at=NOON - timedelta(days=900))
    assert set(titles(bob, "shared")) == {"person", "team", "everyone", "link"}
    assert titles(charlie, "shared") == ["everyone"]
    assert titles(alice, "shared") == []
    page = listings.page(bob, "shared", 2)
    rest = listings.page(bob, "shared", 30, page.rest)
    assert len(page.conversations + rest.conversations) == 4
    ways = listings.given(bob, page.conversations + rest.conversations)
    assert {way.by for way in ways.values()} == {"Alice Adler"}
    assert listings.found(bob) == Found(archived=False, shared=True)


def test_a_shared_folder_opens_for_those_it_is_shared_with(
    alice: User, bob: User, charlie: User
) -> None:
    folder = Folder.objects.create(owner=alice, name="Contracts")
    make(alice, "inside", folder=folder)
    share = Share.objects.create(folder=folder, user=bob, created_by=alice)
    assert titles(bob, f"folder-{folder.id}") == ["inside"]
    [(theirs, way)] = listings.folders_shared_with(bob)
    assert (theirs, way.by, way.at) == (folder, "Alice Adler", share.created_at)
    assert [own.shared for own in listings.folders(alice)] == [True]
    assert listings.found(bob) == Found(archived=False, shared=True)
    assert listings.folders_shared_with(charlie) == []
    with pytest.raises(access.NotFound):
        titles(charlie, f"folder-{folder.id}")


def test_what_came_after_the_last_look_is_unread(alice: User, bob: User) -> None:
    later, earlier = NOON + timedelta(minutes=1), NOON - timedelta(minutes=1)
    looks = {
        "answered since": {"answered_at": later},
        "commented since": {"commented_at": later, "answered_at": earlier},
        "seen": {"answered_at": earlier, "commented_at": NOON},
        "nothing happened": {},
    }
    for title, fields in looks.items():
        row = make(alice, title, **fields)
        Visit.objects.create(user=alice, conversation=row, seen_at=NOON)
        Visit.objects.create(user=bob, conversation=row, seen_at=NOON - timedelta(days=1))
    make(alice, "never opened", answered_at=later)
    rows = listings.page(alice, "recent", 30).conversations
    assert {row.title for row in rows if row.unread} == {"answered since", "commented since"}


def test_what_others_share_is_unread_until_it_is_opened(alice: User, bob: User) -> None:
    fresh, opened = make(alice, "fresh"), make(alice, "opened")
    for row in (fresh, opened):
        Share.objects.create(conversation=row, user=bob)
    assert [visits.see(bob, opened.id), visits.see(bob, opened.id)] == [True, False]
    assert not visits.see(alice, opened.id)
    rows = listings.page(bob, "shared", 30).conversations
    assert {row.title: bool(row.unread) for row in rows} == {"fresh": True, "opened": False}
    assert not any(row.unread for row in listings.page(alice, "recent", 30).conversations)


@pytest.mark.parametrize("name", INDEXES)
def test_each_list_begins_at_its_index(alice: User, name: str) -> None:
    folder = Folder.objects.create(owner=alice, name="Contracts")
    rows = {
        "folder": Conversation.objects.in_folder(folder),
        **{it: listings.LISTS[it](alice) for it in listings.LISTS},
    }[name]
    for page in (rows, rows.older_than(NOON, UUID(int=1))):
        plan = page.marked_for(alice).newest_first().explain()
        assert INDEXES[name] in plan, plan
        assert "SCAN" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan


def test_what_others_share_is_found_from_the_shares(alice: User) -> None:
    rows = Conversation.objects.shared_one_by_one(alice).marked_for(alice).newest_first()
    plan = rows.explain()
    assert "SCAN" not in plan, plan


def test_a_key_is_where_the_next_page_begins(alice: User) -> None:
    newer, older = make(alice, "newer", updated_at=NOON + timedelta(1)), make(alice, "older")
    first = listings.page(alice, "recent", 1)
    assert (first.conversations, first.rest) == ([newer], Key(newer.updated_at, newer.id))
    assert listings.page(alice, "recent", 1, first.rest) == listings.Page([older], None)
