"""Deleting everything of one's own takes a typed confirmation, and the numbers stay."""

import pytest
from django.test import Client

from chat.models import AuditEvent, Conversation, Share, UsageRecord, User
from tests.conftest import PASSWORD
from tests.ledger import record

ALL, ACCOUNT = "/preferences/conversations/", "/preferences/account/"


@pytest.fixture
def as_alice(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def test_all_conversations_go_after_the_address_is_typed(
    as_alice: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    of_bob = Conversation.objects.create(owner=bob)
    held = Conversation.objects.create(owner=alice, legal_hold=True)
    Share.objects.create(conversation=conversation, user=bob)
    page = as_alice.get(ALL).content.decode()
    assert "You have 2 conversations." in page
    assert "1 of them is shared" in page
    assert "1 is under a legal hold and stays." in page
    assert as_alice.post(ALL, {"email": "somebody@example.org"}).status_code == 200
    assert Conversation.objects.count() == 3
    as_alice.post(ALL, {"email": " Alice@Example.org "})
    assert set(Conversation.objects.all()) == {of_bob, held}
    assert AuditEvent.objects.get(verb="deleted").details == '{"conversations": 1}'


def test_an_account_goes_with_address_and_password_and_its_usage_stays(
    as_alice: Client, alice: User, conversation: Conversation
) -> None:
    record(alice)
    form = {"email": alice.email, "password": "wrong"}
    assert as_alice.post(ACCOUNT, form).status_code == 200
    assert as_alice.post(ACCOUNT, form | {"password": PASSWORD}).status_code == 302
    assert not User.objects.filter(email=alice.email).exists()
    assert not Conversation.objects.filter(id=conversation.id).exists()
    assert UsageRecord.objects.get().user_email == alice.email
    assert AuditEvent.objects.get(verb="person_deleted").object_name == alice.email
    assert as_alice.get("/").status_code == 302


def test_the_last_administrator_and_a_held_account_stay(
    erin: User, alice: User, conversation: Conversation
) -> None:
    Conversation.objects.update(legal_hold=True)
    for person, words in ((erin, "the only administrator"), (alice, "under a legal hold")):
        client = Client()
        client.force_login(person)
        form = {"email": person.email, "password": PASSWORD}
        assert words in client.post(ACCOUNT, form).content.decode()
    assert User.objects.count() == 2


def test_passwords_cannot_be_tried_out_there(as_alice: Client, alice: User) -> None:
    form = {"email": alice.email, "password": "wrong"}
    for _ in range(5):
        as_alice.post(ACCOUNT, form)
    as_alice.post(ACCOUNT, form | {"password": PASSWORD})
    assert User.objects.filter(id=alice.id).exists()
