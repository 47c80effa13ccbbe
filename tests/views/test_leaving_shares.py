"""The dialog in which people remove from their list what others share with them."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from chat.domain.sharing import Party, grant
from chat.models import Conversation, Folder, Share, User
from chat.models.share import Role

HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_bob(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def page(client: Client, address: str) -> str:
    return client.get(address, headers=HTMX).content.decode()


def test_a_reader_removes_it_and_the_owner_cannot(
    as_alice: Client, as_bob: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    address = f"/c/{conversation.id}/leave/"
    grant(alice, conversation, Party(bob), Role.VIEWER)
    assert "Remove from my list" in page(as_bob, f"/c/{conversation.id}/menu/")
    assert "Remove from my list" not in page(as_alice, f"/c/{conversation.id}/menu/")
    assert "Remove “Moving house” from your list?" in page(as_bob, address)
    assert as_alice.post(address).status_code == 404
    assert as_bob.post(address, headers=HTMX).status_code == 204
    assert [as_bob.get(address).status_code, Share.objects.count()] == [404, 0]


def test_why_it_stays_is_said_and_a_folder_can_be_left(
    as_bob: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    folder = Folder.objects.create(owner=alice, name="House")
    Conversation.objects.update(folder=folder)
    conversation.folder = folder
    team = Group.objects.create(name="Legal")
    bob.groups.add(team)
    grant(alice, conversation, Party(group=team), Role.VIEWER)
    grant(alice, folder, Party(bob), Role.VIEWER)
    address, of_folder = f"/c/{conversation.id}/leave/", f"/folders/{folder.id}/leave/"
    html = as_bob.post(address, headers=HTMX).content.decode()
    assert "This stays in your list" in html
    assert "shared with the team Legal. Only Alice Adler can change that." in html
    assert of_folder in html
    assert of_folder in page(as_bob, f"/folders/{folder.id}/menu/")
    assert as_bob.post(of_folder, headers=HTMX).status_code == 204
    assert as_bob.get(of_folder).status_code == 404
    assert Share.objects.filter(user=bob).count() == 0
