"""Filing from the sidebar: the menu of an entry, folders, and many at once."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from chat.models import Conversation, Folder, Share, User

HTMX = {"HX-Request": "true"}


def of(owner: User, *titles: str, **fields: Any) -> list[Conversation]:
    return [Conversation.objects.create(owner=owner, title=title, **fields) for title in titles]


def ids(*conversations: Conversation) -> str:
    return ",".join(str(one.id) for one in conversations)


def selected(client: Client, action: str, *chosen: Conversation, **more: str) -> Any:
    data = {"action": action, "ids": ids(*chosen), **more}
    return client.post("/conversations/selected/", data, headers=HTMX)


def test_the_menu_offers_what_can_be_done(as_alice: Client, conversation: Conversation) -> None:
    menu = as_alice.get(f"/c/{conversation.id}/menu/", headers=HTMX).content.decode()
    assert 'data-action="pin"' in menu
    assert 'data-action="archive"' in menu
    as_alice.post(f"/c/{conversation.id}/file/", {"action": "pin"})
    menu = as_alice.get(f"/c/{conversation.id}/menu/", headers=HTMX).content.decode()
    assert 'data-action="unpin"' in menu
    as_alice.post(f"/c/{conversation.id}/file/", {"action": "archive"})
    menu = as_alice.get(f"/c/{conversation.id}/menu/", headers=HTMX).content.decode()
    assert ('data-action="restore"' in menu, "pin" in menu) == (True, False)


def test_a_viewer_can_file_nothing(
    as_charlie: Client, charlie: User, conversation: Conversation
) -> None:
    Share.objects.create(conversation=conversation, user=charlie)
    menu = as_charlie.get(f"/c/{conversation.id}/menu/").content.decode()
    assert ("data-action" in menu, "/delete/" in menu, "/share/" in menu) == (False, False, False)
    for action in ("pin", "archive"):
        answer = as_charlie.post(f"/c/{conversation.id}/file/", {"action": action})
        assert answer.status_code == 404
    assert as_charlie.post(f"/c/{conversation.id}/move/", {"folder": ""}).status_code == 404
    conversation.refresh_from_db()
    assert (conversation.pinned_at, conversation.archived_at) == (None, None)


@pytest.mark.parametrize("action", ["", "remove", "PIN"])
def test_an_unknown_action_is_not_found(
    as_alice: Client, conversation: Conversation, action: str
) -> None:
    assert as_alice.post(f"/c/{conversation.id}/file/", {"action": action}).status_code == 404
    assert selected(as_alice, action, conversation).status_code == 404


def test_moving_to_a_folder_to_a_new_one_and_out(
    as_alice: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    contracts = Folder.objects.create(owner=alice, name="Contracts")
    foreign = Folder.objects.create(owner=bob, name="Bob's")
    address = f"/c/{conversation.id}/move/"
    places = []
    for data in (
        {"folder": contracts.id, "name": ""},
        {"folder": foreign.id, "name": ""},
        {"folder": "x", "name": ""},
        {"folder": "", "name": "Travel"},
        {"folder": "", "name": "contracts"},
        {"folder": contracts.id, "name": "Travel"},
        {"folder": "", "name": ""},
    ):
        answer = as_alice.post(address, data, headers=HTMX)
        conversation.refresh_from_db()
        name = conversation.folder.name if conversation.folder else None
        places.append((answer.status_code, name))
    assert places == [
        (204, "Contracts"),
        (200, "Contracts"),
        (200, "Contracts"),
        (204, "Travel"),
        (204, "contracts"),
        (204, "Travel"),
        (204, None),
    ]


def test_who_sees_a_shared_folder_is_said_before_something_is_put_into_it(
    as_alice: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    folder = Folder.objects.create(owner=alice, name="Contracts")
    Share.objects.create(folder=folder, user=bob)
    address = f"/c/{conversation.id}/move/"
    [other] = of(alice, "Other")
    for data in ({"folder": folder.id}, {"folder": "", "name": "Contracts"}):
        html = as_alice.post(address, data, headers=HTMX).content.decode()
        assert "Who will see what you put into it: Bob Brunner." in html
    assert "Move and share" in selected(as_alice, "move", other, folder=folder.id).content.decode()
    assert not Conversation.objects.exclude(folder=None).exists()
    agreed = {"folder": folder.id, "aware": folder.id}
    assert as_alice.post(address, agreed, headers=HTMX).status_code == 204
    assert "sees it no longer" in as_alice.get(address, headers=HTMX).content.decode()
    assert as_alice.post(address, {"folder": ""}, headers=HTMX).status_code == 204
    conversation.refresh_from_db()
    assert conversation.folder is None


def test_folders_are_made_renamed_and_deleted(as_alice: Client, alice: User) -> None:
    assert as_alice.post("/folders/new/", {"name": " Travel "}, headers=HTMX).status_code == 204
    folder = Folder.objects.get(owner=alice, name="Travel")
    again = as_alice.post("/folders/new/", {"name": "Travel"}, headers=HTMX).content.decode()
    assert "You have a folder of this name already." in again
    as_alice.post(f"/folders/{folder.id}/rename/", {"name": "Journeys"}, headers=HTMX)
    [inside] = of(alice, "Train", folder=folder)
    question = as_alice.get(f"/folders/{folder.id}/delete/", headers=HTMX).content.decode()
    assert "Delete the folder “Journeys”?" in question
    assert "The conversation in it is kept." in question
    as_alice.post(f"/folders/{folder.id}/delete/", headers=HTMX)
    inside.refresh_from_db()
    assert (inside.folder_id, Folder.objects.count()) == (None, 0)


def test_a_shared_folder_is_the_owners_to_change(
    as_charlie: Client, alice: User, charlie: User
) -> None:
    folder = Folder.objects.create(owner=alice, name="Contracts")
    Share.objects.create(folder=folder, user=charlie, role="editor")
    for action in ("rename", "delete"):
        assert as_charlie.get(f"/folders/{folder.id}/{action}/").status_code == 404
    assert "rename" not in as_charlie.get(f"/folders/{folder.id}/menu/").content.decode()
    as_charlie.post(f"/folders/{folder.id}/delete/")
    assert Folder.objects.get() == folder


def test_many_are_archived_and_moved_and_other_peoples_are_left_alone(
    as_alice: Client, alice: User, bob: User
) -> None:
    mine = of(alice, "One", "Two")
    [hers] = of(bob, "Bob's")
    Share.objects.create(conversation=hers, user=alice, role="editor")
    assert selected(as_alice, "archive", *mine, hers).status_code == 204
    dialog = selected(as_alice, "move", *mine, hers).content.decode()
    assert "Move 2 conversations to a folder" in dialog
    assert selected(as_alice, "move", *mine, hers, folder="", name="New").status_code == 204
    rows = Conversation.objects.filter(archived_at__isnull=False, folder__name="New")
    assert set(rows) == set(mine)


def test_deleting_many_asks_with_their_number_first(
    as_alice: Client, alice: User, bob: User
) -> None:
    mine = of(alice, "One", "Two", "Three")
    [hers] = of(bob, "Bob's")
    question = selected(as_alice, "delete", *mine, hers).content.decode()
    assert "Delete 3 conversations?" in question
    assert str(hers.id) not in question
    assert Conversation.objects.count() == 4
    assert selected(as_alice, "delete", *mine, hers, confirmed="1").status_code == 204
    assert list(Conversation.objects.all()) == [hers]


def test_what_is_on_hold_stays_and_that_is_said(as_alice: Client, alice: User) -> None:
    [free] = of(alice, "Free")
    held = of(alice, "Held", "Held, too", legal_hold=True)
    answer = selected(as_alice, "delete", free, *held, confirmed="1")
    said = answer.content.decode()
    assert "2 conversations were kept" in said
    assert "1 conversation was deleted." in said
    assert answer.headers["HX-Trigger"] == "filed"
    assert set(Conversation.objects.all()) == set(held)
    alone = as_alice.post(f"/c/{held[0].id}/delete/", headers=HTMX).content.decode()
    assert "Your organisation has put it under a legal hold." in alone


def test_mangled_and_too_many_ids_change_nothing(
    as_alice: Client, conversation: Conversation
) -> None:
    crowd = ",".join(str(uuid4()) for _ in range(501))
    answers = {
        text: as_alice.post(
            "/conversations/selected/", {"action": "archive", "ids": text}
        ).status_code
        for text in ("", "x", ",,", "\0", crowd)
    }
    assert answers == {"": 302, "x": 302, ",,": 302, "\0": 302, crowd: 404}
    conversation.refresh_from_db()
    assert conversation.archived_at is None


def test_the_archive_is_a_list_and_a_page(
    as_alice: Client, alice: User, conversation: Conversation
) -> None:
    as_alice.post(f"/c/{conversation.id}/file/", {"action": "archive"})
    assert "Moving house" not in as_alice.get("/conversations/").content.decode()
    fragment = as_alice.get("/archived/", headers=HTMX).content.decode()
    page = as_alice.get("/archived/").content.decode()
    assert ("Moving house" in fragment, "<html" in fragment) == (True, False)
    assert ("Moving house" in page, "<html" in page) == (True, True)
