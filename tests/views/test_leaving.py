"""Deleting everything of one's own takes a typed confirmation, and the numbers stay."""

import pytest
from django.test import Client
from django.utils import timezone

from chat.domain import recently_deleted
from chat.models import AuditEvent, Conversation, Folder, Share, ShareLink, UsageRecord, User
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
    recently_deleted.discard([Conversation.objects.create(owner=alice)])
    page = as_alice.get(ALL).content.decode()
    assert "You have 2 conversations." in page
    assert "1 conversation in “Recently deleted” is removed for good, too." in page
    assert "1 of them is shared" in page
    assert "1 is under a legal hold and stays." in page
    assert as_alice.post(ALL, {"email": "somebody@example.org"}).status_code == 200
    assert Conversation.objects.count() == 3
    as_alice.post(ALL, {"email": " Alice@Example.org "})
    assert set(Conversation.with_deleted.all()) == {of_bob, held}
    assert AuditEvent.objects.get(verb="deleted").details == '{"conversations": 2}'


def test_what_others_lose_is_counted_however_they_came_to_it(
    as_alice: Client, alice: User, bob: User
) -> None:
    folder = Folder.objects.create(owner=alice, name="Contracts")
    Share.objects.create(folder=folder, user=bob)
    Conversation.objects.create(owner=alice, folder=folder)
    ShareLink.objects.create(conversation=Conversation.objects.create(owner=alice))
    over = Conversation.objects.create(owner=alice)
    Share.objects.create(conversation=over, user=bob, expires_at=timezone.now())
    assert "2 of them are shared" in as_alice.get(ALL).content.decode()


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
    """After a few attempts a right password looks like a wrong one; looking at the page is none."""
    form = {"email": alice.email, "password": "wrong"}
    for _ in range(6):
        as_alice.get(ACCOUNT)
    for _ in range(5):
        assert "This is not your password." in as_alice.post(ACCOUNT, form).content.decode()
    for password in ("wrong", PASSWORD):
        page = as_alice.post(ACCOUNT, form | {"password": password}).content.decode()
        assert "That was too often. Wait a minute, then try again." in page
        assert "This is not your password." not in page
    assert User.objects.filter(id=alice.id).exists()
