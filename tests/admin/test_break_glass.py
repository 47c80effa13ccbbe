"""Reading somebody's conversation takes a right and a reason, ends by itself, and is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from chat.models import AuditEvent, BreakGlass, Conversation, Message, Notice, User

from .conftest import SignIn

REASON = "The court has asked for it, case 12/2026."


@pytest.fixture
def reader(charlie: User, signed_in: SignIn) -> Client:
    charlie.is_staff = True
    charlie.save()
    charlie.groups.add(Group.objects.get(role__key="reader"))
    return signed_in(charlie)


@pytest.fixture
def page(conversation: Conversation, alice: User) -> str:
    Message.objects.create(
        conversation=conversation, role="user", author=alice, content="CANARY <b>question</b>"
    )
    message = Message.objects.get()
    conversation.leaf = message
    conversation.save()
    return f"/admin/conversation/{conversation.id}/read/"


def test_nothing_is_shown_before_a_reason_is_given(reader: Client, page: str) -> None:
    assert "CANARY" not in reader.get(page).content.decode()
    refused = reader.post(page, {"reason": "because"})
    assert (refused.status_code, BreakGlass.objects.count()) == (200, 0)


def test_with_a_reason_it_is_read_recorded_and_the_owner_is_told(
    reader: Client, page: str, alice: User, charlie: User, conversation: Conversation
) -> None:
    assert reader.post(page, {"reason": REASON}).status_code == 302
    shown = reader.get(page).content.decode()
    assert "CANARY &lt;b&gt;question&lt;/b&gt;" in shown
    event = AuditEvent.objects.get(verb="break_glass")
    assert (event.actor, event.reason, event.object_id) == (charlie, REASON, str(conversation.id))
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.details["reason"]) == (alice, "read", REASON)


def test_it_ends_by_itself(reader: Client, page: str) -> None:
    reader.post(page, {"reason": REASON})
    BreakGlass.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert "CANARY" not in reader.get(page).content.decode()


def test_it_opens_nothing_else(reader: Client, page: str, conversation: Conversation) -> None:
    reader.post(page, {"reason": REASON})
    assert reader.get(f"/c/{conversation.id}/").status_code == 404
    assert reader.get(f"/admin/conversation/{uuid4()}/read/").status_code == 404


def test_a_superuser_has_to_say_why_too_and_an_auditor_cannot(
    as_erin: Client, as_dana: Client, page: str
) -> None:
    assert "CANARY" not in as_erin.get(page).content.decode()
    assert as_dana.get(page).status_code == 404
    assert as_dana.post(page, {"reason": REASON}).status_code == 404


def test_a_legal_hold_is_put_and_ended_by_those_with_the_right(
    bob: User, conversation: Conversation, signed_in: SignIn, as_dana: Client
) -> None:
    bob.is_staff = True
    bob.save()
    bob.groups.add(Group.objects.get(role__key="people"))
    form = {"action": "hold", "_selected_action": [str(conversation.id)]}
    for client, held in ((as_dana, False), (signed_in(bob), True)):
        client.post("/admin/chat/conversation/", form)
        conversation.refresh_from_db()
        assert conversation.legal_hold is held
    signed_in(bob).post("/admin/chat/conversation/", form | {"action": "release"})
    conversation.refresh_from_db()
    events = AuditEvent.objects.filter(verb="hold_changed").order_by("id")
    assert conversation.legal_hold is False
    assert [event.details for event in events] == ['{"held": true}', '{"held": false}']
