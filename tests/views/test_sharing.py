"""The share dialog: what the owner does in it, what editors see, and what a page shows to whom."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from chat.domain.sharing import Party, grant
from chat.models import Conversation, Folder, Message, Share, User
from chat.models.share import Role

HTMX = {"HX-Request": "true"}


@pytest.fixture
def folder(alice: User, conversation: Conversation) -> Folder:
    conversation.folder = Folder.objects.create(owner=alice, name="House")
    conversation.save()
    return conversation.folder


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_owner_shares_by_pressing_a_name(
    as_alice: Client, bob: User, conversation: Conversation
) -> None:
    address = f"/c/{conversation.id}/share/"
    assert "Nobody else so far." in page(as_alice, address)
    assert 'value="bob@example.org"' in page(as_alice, "/share/hits/?q=bru")
    day = timezone.localdate() + timedelta(days=3)
    sent = {"q": "bru", "to": "bob@example.org", "role": "editor", "expires_at": f"{day}"}
    shown = as_alice.post(address, sent, headers=HTMX).content.decode()
    assert "Bob Brunner has access now." in shown
    assert f'name="expires_at" value="{day}"' in shown
    share = Share.objects.get()
    assert (share.user, share.role, share.created_by) == (bob, "editor", conversation.owner)
    assert share.expires_at is not None
    assert timezone.localtime(share.expires_at).date() == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("sent", "party"),
    [
        ({"q": "Bob@example.org"}, "bob"),
        ({"to": "everyone"}, "everyone"),
        ({"to": "team"}, "Legal"),
        ({"q": "bo"}, None),
        ({"q": "b"}, None),
        ({"to": "team:0"}, None),
        ({"to": "nobody@example.org"}, None),
        ({}, None),
    ],
)
def test_whoever_is_meant_exactly_is_added_and_nobody_else(
    as_alice: Client,
    bob: User,
    conversation: Conversation,
    sent: dict[str, str],
    party: str | None,
) -> None:
    team = Group.objects.create(name="Legal")
    if sent.get("to") == "team":
        sent = {"to": f"team:{team.id}"}
    as_alice.post(f"/c/{conversation.id}/share/", sent | {"role": "viewer"}, headers=HTMX)
    found = [
        "everyone" if it.everyone else it.group.name if it.group else "bob"
        for it in Share.objects.all()
    ]
    assert found == ([party] if party else [])


def test_without_modules_it_is_a_page_that_comes_back_to_itself(
    as_alice: Client, bob: User, conversation: Conversation
) -> None:
    address = f"/c/{conversation.id}/share/"
    assert "<html" in as_alice.get(address).content.decode()
    found = as_alice.post(address, {"q": "brun", "role": "viewer"}).content.decode()
    assert 'value="bob@example.org"' in found
    past = {"q": "brun", "to": "bob@example.org", "role": "viewer", "expires_at": "2001-01-01"}
    refused = as_alice.post(address, past).content.decode()
    assert "This day is over." in refused
    assert 'value="bob@example.org"' in refused
    answer = as_alice.post(address, {"to": "bob@example.org", "role": "viewer"}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "Bob Brunner has access now." in answer.content.decode()


def test_a_share_is_changed_and_ended(
    as_alice: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    grant(alice, conversation, Party(bob), Role.VIEWER)
    share = Share.objects.get()
    for data, said in (
        ({"role": "editor"}, "The change holds from now on."),
        ({"role": "owner"}, "Nothing was changed."),
        ({"role": "viewer", "expires_at": "2001-01-01"}, "This day is over."),
        ({"role": "viewer", "expires_at": "9999-12-31"}, "Nothing was changed."),
    ):
        shown = as_alice.post(f"/shares/{share.id}/", data, headers=HTMX).content.decode()
        assert said in shown
    share.refresh_from_db()
    assert (share.role, share.expires_at) == ("editor", None)
    as_alice.post(f"/shares/{share.id}/revoke/", headers=HTMX)
    assert not Share.objects.exists()


def test_a_folder_is_shared_in_the_same_dialog_and_shows_in_that_of_what_is_in_it(
    as_alice: Client, bob: User, folder: Folder, conversation: Conversation
) -> None:
    address = f"/folders/{folder.id}/share/"
    assert "Share the folder “House”" in page(as_alice, address)
    shown = as_alice.post(address, {"to": "bob@example.org", "role": "viewer"}, headers=HTMX)
    assert "Bob Brunner has access now." in shown.content.decode()
    inside = page(as_alice, f"/c/{conversation.id}/share/")
    assert "through the folder “House”" in inside
    assert f'href="{address}"' in inside


def test_editors_see_who_has_access_without_anything_to_press(
    as_alice: Client, alice: User, bob: User, frida: User, conversation: Conversation
) -> None:
    grant(alice, conversation, Party(bob), Role.VIEWER)
    grant(alice, conversation, Party(frida), Role.EDITOR)
    as_alice.post(f"/c/{conversation.id}/links/", {"expires_at": tomorrow()}, headers=HTMX)
    shown = page(as_(frida), f"/c/{conversation.id}/share/")
    assert "Who can see “Moving house”" in shown
    assert "Bob Brunner" in shown
    for part in ("/s/", "/shares/", 'name="to"', "example.org"):
        assert part not in shown


def test_looking_people_up_has_a_limit(as_alice: Client, bob: User) -> None:
    for _ in range(60):
        page(as_alice, "/share/hits/?q=bob")
    assert "That was too often." in page(as_alice, "/share/hits/?q=bob")


def test_a_viewer_reads_and_is_told_who_shared_and_how_to_go_on(
    alice: User,
    bob: User,
    conversation: Conversation,
    exchange: Callable[..., Message],
) -> None:
    exchange(conversation)
    grant(alice, conversation, Party(bob), Role.VIEWER)
    shown = as_(bob).get(f"/c/{conversation.id}/").content.decode()
    assert "Alice Adler shared this with you to read." in shown
    assert "Belongs to Alice Adler" in shown
    for part in ('id="composer"', "Regenerate", "/rename/", "/delete/", "/share/", "alice@"):
        assert part not in shown


def test_an_editor_writes_and_cannot_rename_or_delete(
    alice: User, frida: User, conversation: Conversation, exchange: Callable[..., Message]
) -> None:
    exchange(conversation)
    grant(alice, conversation, Party(frida), Role.EDITOR)
    shown = as_(frida).get(f"/c/{conversation.id}/").content.decode()
    assert 'id="composer"' in shown
    assert f"/c/{conversation.id}/share/" in shown
    for part in ("rename", "delete"):
        assert f"/c/{conversation.id}/{part}/" not in shown.split("<main")[1]


def test_the_line_beside_the_title_says_who_reads_along(
    as_alice: Client, alice: User, bob: User, frida: User, conversation: Conversation
) -> None:
    address = f"/c/{conversation.id}/audience/"
    assert page(as_alice, address).strip() == ""
    as_alice.post(f"/c/{conversation.id}/links/", {"expires_at": tomorrow()})
    assert page(as_alice, address).strip() == "Shared by a link"
    grant(alice, conversation, Party(bob), Role.VIEWER)
    assert page(as_alice, address).strip() == "Shared with one person"
    assert page(as_(bob), address).strip() == "Belongs to Alice Adler"
    grant(alice, conversation, Party(frida), Role.EDITOR)
    assert page(as_(frida), address).strip() == "Belongs to Alice Adler · Shared with 2 people"
    grant(alice, conversation, Party(), Role.VIEWER)
    assert page(as_alice, address).strip() == "Shared with everyone"


def test_a_viewer_makes_a_copy_and_is_taken_to_it(
    alice: User, bob: User, conversation: Conversation
) -> None:
    grant(alice, conversation, Party(bob), Role.VIEWER)
    answer = as_(bob).post(f"/c/{conversation.id}/copy/")
    mine = Conversation.objects.get(owner=bob)
    assert (answer.headers["Location"], mine.title) == (f"/c/{mine.id}/", "Copy of Moving house")


def tomorrow() -> str:
    return f"{timezone.localdate() + timedelta(days=1)}"


def test_the_dialog_says_at_once_that_a_temporary_conversation_cannot_be_shared(
    as_alice: Client, conversation: Conversation
) -> None:
    Conversation.objects.update(temporary=True)
    dialog = page(as_alice, f"/c/{conversation.id}/share/")
    assert "A temporary conversation cannot be shared: it is not kept." in dialog
    assert ("share-q" in dialog, "Make a link" in dialog) == (False, False)
