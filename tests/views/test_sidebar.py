"""The sidebar's sections: pinned, folders, what others share, unread marks; in few queries."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation, Folder, LinkView, Share, ShareLink, User, Visit

SESSION_AND_USER = 2
# Pinned, folders, recent, and what else there is.
CLOSED = 4


def lists(html: str) -> dict[str, list[str]]:
    """The titles in each list."""
    parts = re.split(r'<ul[^>]* data-list="([^"]+)"|<ul data-list="([^"]+)"', html)
    names = [first or second for first, second in zip(parts[1::3], parts[2::3], strict=True)]
    shown = [re.findall(r'class="entry-link"[^>]*>([^<]*)', text) for text in parts[3::3]]
    return dict(zip(names, shown, strict=True))


def everything(owner: User, other: User, rows: int) -> Folder:
    """`rows` conversations in each place that there is."""
    folder = Folder.objects.create(owner=owner, name="Contracts")
    theirs = Folder.objects.create(owner=other, name="Projects")
    now = timezone.now()
    places = [
        {"owner": owner, "pinned_at": now},
        {"owner": owner, "archived_at": now},
        {"owner": owner, "folder": folder},
        {"owner": owner},
        {"owner": other},
        {"owner": other, "folder": theirs},
    ]
    made = [Conversation(title="One", **place) for _ in range(rows) for place in places]
    Conversation.objects.bulk_create(made)
    shared = [row for row in made if row.owner_id == other.id and row.folder_id is None]
    Share.objects.bulk_create(
        Share(conversation=row, user=owner, created_by=other) for row in shared
    )
    links = [ShareLink(conversation=row, created_by=other) for row in shared]
    LinkView.objects.bulk_create(
        LinkView(link=link, user=owner) for link in ShareLink.objects.bulk_create(links)
    )
    Share.objects.create(folder=theirs, user=owner, created_by=other)
    return folder


@pytest.mark.parametrize("rows", [1, 30])
def test_queries(as_alice: Client, alice: User, bob: User, rows: int) -> None:
    folder = everything(alice, bob, rows)
    counts = []
    for opened in ("", f"folder-{folder.id}", "shared"):
        as_alice.cookies["open-lists"] = opened
        with CaptureQueriesContext(connection) as captured:
            as_alice.get("/conversations/")
        counts.append(len(captured) - SESSION_AND_USER)
    # A folder: the right to it, what is in it. Shared: folders, conversations, links, shares.
    assert counts == [CLOSED, CLOSED + 2, CLOSED + 4]


def test_what_was_open_comes_open(as_alice: Client, alice: User, bob: User) -> None:
    folder = everything(alice, bob, 1)
    theirs = Folder.objects.get(owner=bob)
    shut = as_alice.get("/").content.decode()
    assert lists(shut) == {"pinned": ["One"], f"folder-{folder.id}": [], "recent": ["One"]}
    as_alice.cookies["open-lists"] = f"folder-{folder.id}.shared.folder-{theirs.id}.folder-9.x"
    open_ = as_alice.get("/").content.decode()
    assert lists(open_) == {
        "pinned": ["One"],
        f"folder-{folder.id}": ["One"],
        f"folder-{theirs.id}": ["One"],
        "shared": ["One"],
        "recent": ["One"],
    }
    assert "Bob Brunner, " in open_


def test_a_list_is_fetched_when_it_is_opened(as_alice: Client, alice: User, bob: User) -> None:
    folder = everything(alice, bob, 1)
    inside = as_alice.get(f"/conversations/folder-{folder.id}/").content.decode()
    shared = as_alice.get("/conversations/shared/").content.decode()
    assert inside.count("entry-link") == 1
    assert ("Projects" in shared, shared.count("entry-link")) == (True, 1)


def test_others_see_nothing_of_it(as_charlie: Client, alice: User, bob: User) -> None:
    folder = everything(alice, bob, 1)
    as_charlie.cookies["open-lists"] = f"folder-{folder.id}.shared"
    html = as_charlie.get("/conversations/").content.decode()
    assert ("One" in html, "Contracts" in html, "Shared with me" in html) == (False, False, False)
    assert as_charlie.get(f"/conversations/folder-{folder.id}/").status_code == 404


def test_an_unread_answer_is_marked_until_it_is_open(
    as_alice: Client, alice: User, conversation: Conversation
) -> None:
    now = timezone.now()
    Visit.objects.create(user=alice, conversation=conversation, seen_at=now - timedelta(hours=1))
    Conversation.objects.filter(id=conversation.id).update(answered_at=now)
    assert "(new)" in as_alice.get("/conversations/").content.decode()
    here = as_alice.get(f"/conversations/?current={conversation.id}").content.decode()
    assert "(new)" not in here


def test_a_temporary_conversation_is_not_listed(
    as_alice: Client, conversation: Conversation
) -> None:
    Conversation.objects.update(temporary=True)
    html = as_alice.get("/conversations/").content.decode()
    assert "Your conversations will be listed here." in html
