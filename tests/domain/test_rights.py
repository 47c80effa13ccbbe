"""Sessions that open sockets rely on: as good as for a page, and no longer."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chat.domain import rights
from chat.models import Conversation, User
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


def test_any_number_of_sockets_costs_three_queries(
    alice: User, bob: User, conversation: Conversation, django_assert_num_queries: Any
) -> None:
    asked = [(user.id, f"key{n}", conversation.id) for user in (alice, bob) for n in range(50)]
    with django_assert_num_queries(3):
        rights.held(asked)
