"""Rights that are taken away bite: open sockets are closed at once, or by the next sweep."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django.utils import timezone

from chat.domain import filing, losses
from chat.live import announce, sweep
from chat.live.node import Node
from chat.live.viewer import SIGN_IN_AGAIN
from chat.models import Conversation, LanguageModel, LinkView, Share, ShareLink, User
from chat.models.share import Role
from tests.conftest import PASSWORD
from tests.security.sockets import Socket, inside, play, session_for

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_sweep_looks_twice_a_second() -> None:
    assert sweep.INTERVAL <= 0.5


async def code_of_end(change: Callable[[], Any], session: str) -> int | None:
    """Signs in, lets the change happen elsewhere, and waits for the end of the socket."""
    async with inside(session) as socket:
        # The sweep has seen this socket once with all its rights.
        await asyncio.sleep(0.6)
        await asyncio.to_thread(change)
        return await socket.ends()


def closes(change: Callable[[], Any], session: str, expected: int = SIGN_IN_AGAIN) -> None:
    async def scene(node: Node) -> None:
        assert await code_of_end(change, session) == expected

    play(scene)


def test_signing_out_closes_the_socket(client: Client, alice: User) -> None:
    client.force_login(alice)
    session = str(client.session.session_key)
    closes(lambda: client.post("/accounts/logout/"), session)


def test_signing_out_elsewhere_closes_nothing_here(client: Client, alice: User) -> None:
    here = session_for(alice)
    client.force_login(alice)

    async def scene(node: Node) -> None:
        async with inside(here) as socket:
            await asyncio.to_thread(client.post, "/accounts/logout/")
            await asyncio.sleep(1.2)
            await socket.say({"type": "ping"})
            assert (await socket.next() or {})["type"] == "pong"

    play(scene)


def test_a_new_password_closes_all_other_sockets(client: Client, alice: User) -> None:
    elsewhere = session_for(alice)
    client.force_login(alice)
    form = {"oldpassword": PASSWORD, "password1": PASSWORD + "2", "password2": PASSWORD + "2"}
    closes(lambda: client.post("/accounts/password/change/", form), elsewhere)
    assert User.objects.get(id=alice.id).check_password(PASSWORD + "2")


@pytest.mark.parametrize(
    "change",
    [
        lambda user: User.objects.filter(id=user.id).update(is_active=False),
        lambda user: User.objects.filter(id=user.id).delete(),
        lambda user: User.objects.filter(id=user.id).update(is_staff=True),
        lambda user: User.objects.update(rights_version=F("rights_version") + 1),
        lambda user: Session.objects.all().delete(),
        lambda user: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
    ],
    ids=["deactivated", "deleted", "staff", "rights", "session deleted", "session expired"],
)
def test_a_change_made_anywhere_closes_the_socket(
    alice: User, change: Callable[[User], Any]
) -> None:
    closes(lambda: change(alice), session_for(alice))


def test_an_administrators_click_closes_the_socket(client: Client, alice: User, erin: User) -> None:
    session = session_for(alice)
    client.force_login(erin)
    form = {"email": alice.email, "name": alice.name}
    closes(lambda: client.post(f"/admin/chat/user/{alice.id}/change/", form), session)
    assert not User.objects.get(id=alice.id).is_active


def test_who_may_see_a_conversation_no_longer_is_sent_away(
    alice: User, bob: User, conversation: Conversation
) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await socket.do("conversation.open", conversation=str(conversation.id))
            give = Conversation.objects.filter(id=conversation.id).update
            await asyncio.to_thread(give, owner=bob)
            closed = await socket.until(lambda it: it["type"] == "conversation.closed")
            assert closed["conversation"] == str(conversation.id)
            assert closed["words"] == "Bob Brunner has ended your access to this conversation."
            assert not node.hub.watched(conversation.id)

    play(scene)


@pytest.fixture
def shared(conversation: Conversation, bob: User) -> Conversation:
    Share.objects.create(conversation=conversation, user=bob, role=Role.EDITOR)
    return conversation


def kinds(socket: Socket) -> list[str]:
    return [event["type"] for event in socket.events]


@pytest.mark.parametrize("tells", [True, False], ids=["announced", "found by the sweep"])
def test_after_a_share_has_ended_nothing_more_of_the_conversation_arrives(
    shared: Conversation, alice: User, bob: User, model: LanguageModel, tells: bool
) -> None:
    sessions = session_for(alice), session_for(bob)
    where = {"conversation": str(shared.id)}

    def revoke() -> None:
        Share.objects.all().delete()
        if tells:
            announce.shares_changed([shared.id], [bob.id])

    async def scene(node: Node) -> None:
        async with inside(sessions[0]) as owner, inside(sessions[1]) as socket:
            await owner.do("conversation.open", **where)
            await socket.do("conversation.open", **where)
            await asyncio.to_thread(revoke)
            await socket.until(lambda it: it["type"] == "conversation.closed")
            told = len(socket.events)
            sent = {"key": str(uuid.uuid4()), "text": "Secret", "language_model": model.id}
            await owner.do("message.send", 2, **where, **sent)
            await owner.until(lambda it: it["type"] == "reply.ended")
            await socket.say({"type": "ping"})
            await socket.until(lambda it: it["type"] == "pong")
            assert set(kinds(socket)[told:]) <= {"conversations.changed", "pong"}
            assert "Secret" not in str(socket.events)
            refused = await socket.do("conversation.open", 3, **where)
            assert refused["code"] == "not_found"

    play(scene)


def test_less_access_is_told_to_the_page_and_holds_at_once(shared: Conversation, bob: User) -> None:
    session = session_for(bob)
    where = {"conversation": str(shared.id)}

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await socket.do("conversation.open", **where)
            opened = next(it for it in socket.events if it["type"] == "conversation.opened")
            assert (opened["role"], opened["shared"]) == ("editor", True)
            await asyncio.to_thread(Share.objects.update, role=Role.VIEWER)
            changed = await socket.until(lambda it: it["type"] == "conversation.role")
            assert changed["role"] == "viewer"
            assert [one.role for one in node.hub.viewers[shared.id]] == ["viewer"]
            refused = await socket.do("reply.stop", 2, reply=1, **where)
            assert refused["code"] == "read_only"

    play(scene)


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (lambda: Share.objects.update(expires_at=timezone.now()), "Your access to this"),
        (lambda: Share.objects.all().delete(), "Alice Adler has ended your access"),
        (lambda: Conversation.objects.all().delete(), "This conversation was deleted."),
    ],
    ids=["expired", "revoked", "deleted elsewhere"],
)
def test_the_page_says_why(
    shared: Conversation, bob: User, lose: Callable[[], Any], words: str
) -> None:
    session = session_for(bob)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await socket.do("conversation.open", conversation=str(shared.id))
            await asyncio.to_thread(lose)
            closed = await socket.until(lambda it: it["type"] == "conversation.closed")
            assert closed["words"].startswith(words)

    play(scene)


def test_a_link_that_has_expired_says_so(conversation: Conversation, bob: User) -> None:
    link = ShareLink.objects.create(conversation=conversation)
    LinkView.objects.create(link=link, user=bob)
    ShareLink.objects.update(expires_at=timezone.now())
    assert losses.words(bob.id, conversation.id, "en") == "This link has expired."


def test_after_a_deletion_nothing_of_the_conversation_arrives(
    alice: User, conversation: Conversation
) -> None:
    session = session_for(alice)

    def delete() -> None:
        filing.delete([conversation])
        announce.deleted(where, alice.id)

    where = conversation.id

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await socket.do("conversation.open", conversation=str(where))
            await asyncio.to_thread(delete)
            gone = await socket.until(lambda event: event["type"] == "conversation.deleted")
            assert gone["conversation"] == str(where)
            assert not node.hub.watched(where)

    play(scene)
