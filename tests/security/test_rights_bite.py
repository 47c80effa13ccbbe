"""Rights that are taken away bite: open sockets are closed within a second."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django.utils import timezone

from chat.domain import history
from chat.live import announce
from chat.live.node import Node
from chat.live.viewer import SIGN_IN_AGAIN
from chat.models import Conversation, User
from tests.conftest import PASSWORD
from tests.security.sockets import inside, play, session_for

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN = 1.0


async def seconds_until_closed(change: Callable[[], Any], session: str) -> tuple[float, int | None]:
    """Signs in, lets the change happen elsewhere, and waits for the end of the socket."""
    async with inside(session) as socket:
        # The sweep has seen this socket once with all its rights.
        await asyncio.sleep(0.6)
        await asyncio.to_thread(change)
        began = asyncio.get_running_loop().time()
        code = await socket.ends(3)
        return asyncio.get_running_loop().time() - began, code


def closes(change: Callable[[], Any], session: str, expected: int = SIGN_IN_AGAIN) -> None:
    async def scene(node: Node) -> None:
        seconds, code = await seconds_until_closed(change, session)
        assert code == expected
        assert seconds < WITHIN

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
            closed = await socket.until(lambda it: it["type"] == "conversation.closed", WITHIN)
            assert closed["conversation"] == str(conversation.id)
            assert closed["words"] == "Bob Brunner has ended your access to this conversation."
            assert not node.hub.watched(conversation.id)

    play(scene)


def test_after_a_deletion_nothing_of_the_conversation_arrives(
    alice: User, conversation: Conversation
) -> None:
    session = session_for(alice)

    def delete() -> None:
        history.delete(conversation)
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
