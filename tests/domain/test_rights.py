"""Sessions that open sockets rely on: as good as for a page, and no longer."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chat.domain import rights
from chat.models import Conversation, Folder, LinkView, Share, ShareLink, User
from chat.models.share import Role
from tests.conftest import PASSWORD


def session_of(client: Client, user: User) -> str:
    client.force_login(user)
    return str(client.session.session_key)


def test_a_signed_in_person_is_known_by_the_session(client: Client, alice: User) -> None:
    assert rights.user_of_session(session_of(client, alice)) == alice


@pytest.mark.parametrize("key", ["", "x", "a" * 32, "a" * 5000, "../../etc", "\x00" * 32, "é" * 32])
def test_a_made_up_session_is_nobodys(db: Any, key: str) -> None:
    assert rights.user_of_session(key) is None


def test_an_expired_session_is_nobodys(client: Client, alice: User) -> None:
    key = session_of(client, alice)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert rights.user_of_session(key) is None
    assert rights.held([(alice.id, key, None)]).fingerprints == {}


def test_a_session_after_signing_out_is_nobodys(client: Client, alice: User) -> None:
    key = session_of(client, alice)
    client.logout()
    assert rights.user_of_session(key) is None
    assert rights.held([(alice.id, key, None)]).fingerprints == {}


def test_a_deactivated_persons_session_is_nobodys(client: Client, alice: User) -> None:
    key = session_of(client, alice)
    User.objects.update(is_active=False)
    assert rights.user_of_session(key) is None
    assert rights.held([(alice.id, key, None)]).fingerprints == {}


def test_a_deleted_persons_session_is_nobodys(client: Client, alice: User) -> None:
    key = session_of(client, alice)
    alice.delete()
    assert rights.user_of_session(key) is None


def test_a_session_from_before_a_new_password_is_nobodys(client: Client, alice: User) -> None:
    key = session_of(client, alice)
    before = rights.fingerprint(alice)
    alice.set_password(PASSWORD + "2")
    alice.save()
    assert rights.user_of_session(key) is None
    assert rights.held([(alice.id, key, None)]).fingerprints[alice.id, key] != before


def test_a_session_that_was_planted_before_the_sign_in_is_dead(client: Client, alice: User) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    client.cookies["sessionid"] = planted
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert rights.user_of_session(str(client.session.session_key)) == alice
    assert client.session.session_key != planted
    assert rights.user_of_session(planted) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("rights_version", 2), ("is_staff", True), ("is_active", False), ("password", "x")],
)
def test_every_change_of_rights_changes_the_fingerprint(
    alice: User, field: str, value: object
) -> None:
    before = rights.fingerprint(alice)
    setattr(alice, field, value)
    assert rights.fingerprint(alice) != before


def test_only_the_owner_may_go_on_looking(
    alice: User, charlie: User, conversation: Conversation
) -> None:
    held = rights.held([(alice.id, "a", conversation.id), (charlie.id, "c", conversation.id)])
    assert held.may_see(alice.id, conversation.id)
    assert not held.may_see(charlie.id, conversation.id)
    conversation_id = conversation.id
    conversation.delete()
    assert not rights.held([(alice.id, "a", conversation_id)]).may_see(alice.id, conversation_id)


def test_any_number_of_sockets_costs_three_queries_and_three_more_for_guests(
    alice: User, bob: User, conversation: Conversation, django_assert_num_queries: Any
) -> None:
    owners = [(alice.id, f"key{n}", conversation.id) for n in range(50)]
    guests = [(bob.id, f"key{n}", conversation.id) for n in range(50)]
    with django_assert_num_queries(3):
        rights.held(owners)
    with django_assert_num_queries(6):
        rights.held(owners + guests)


@pytest.mark.parametrize("way", ["user", "group", "everyone", "folder", "link"])
def test_the_sweep_knows_the_same_roles_as_the_pages(
    way: str, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    team = Group.objects.create(name="Sales")
    bob.groups.add(team)
    folder = Folder.objects.create(owner=alice, name="Moving")
    if way == "link":
        LinkView.objects.create(link=ShareLink.objects.create(conversation=conversation), user=bob)
    elif way == "folder":
        Conversation.objects.filter(id=conversation.id).update(folder=folder)
        Share.objects.create(folder=folder, user=bob, role=Role.EDITOR)
    else:
        party = {"user": {"user": bob}, "group": {"group": team}, "everyone": {"everyone": True}}
        Share.objects.create(conversation=conversation, role=Role.EDITOR, **party[way])
    people = [alice, bob, charlie]
    pages = {
        (one.id, conversation.id): _role_on_the_pages(one, conversation)
        for one in people
        if Conversation.objects.readable_by(one).exists()
    }
    assert rights.roles_of({(one.id, conversation.id) for one in people}) == pages
    assert (charlie.id in {user for user, _ in pages}) is (way == "everyone")


def test_an_expired_share_and_a_revoked_link_give_no_role(
    bob: User, conversation: Conversation
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Share.objects.create(conversation=conversation, user=bob, expires_at=past)
    link = ShareLink.objects.create(conversation=conversation, revoked_at=past)
    LinkView.objects.create(link=link, user=bob)
    assert rights.roles_of({(bob.id, conversation.id)}) == {}
    assert not Conversation.objects.readable_by(bob).exists()


def _role_on_the_pages(user: User, conversation: Conversation) -> str:
    if conversation.owner_id == user.id:
        return "owner"
    writes = Conversation.objects.writable_by(user).exists()
    return "editor" if writes else "viewer"
