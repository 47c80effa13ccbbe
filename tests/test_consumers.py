"""The socket's door: it greets who may come in, answers in order and leaves nothing behind."""

import asyncio
import uuid
from typing import Any

import pytest
from django.conf import settings

from chat.consumers import cookies, language_of, origin_is_ours
from chat.live import intake
from chat.live.intake import Rate
from chat.live.node import Node
from chat.live.viewer import RESTART
from chat.models import User
from tests.security.sockets import headers, inside, knocking, play, session_for

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_greets_who_is_signed_in(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            assert socket.events[0]["node"] == node.id
            assert [viewer.who.user_id for viewer in node.hub.everyone] == [alice.id]

    play(scene)


def test_it_answers_a_ping_and_is_silent_about_acknowledgements(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await socket.say({"type": "frames.acknowledge", "bytes": 10})
            await socket.say({"type": "ping"})
            assert (await socket.next() or {})["type"] == "pong"

    play(scene)


def test_it_answers_commands_in_their_order(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            for ref in range(1, 20):
                await socket.say(
                    {"type": "conversation.open", "ref": ref, "conversation": str(uuid.uuid4())}
                )
            answers = [await socket.next() or {} for _ in range(1, 20)]
            assert [one["ref"] for one in answers] == list(range(1, 20))
            assert {one["code"] for one in answers} == {"not_found"}

    play(scene)


def test_it_leaves_nothing_behind_when_it_closes(alice: User, conversation: Any) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        before = len(asyncio.all_tasks())
        for _ in range(5):
            async with inside(session) as socket:
                await socket.do("conversation.open", conversation=str(conversation.id))
                assert node.hub.watched(conversation.id)
        assert (node.hub.everyone, node.hub.viewers) == (set(), {})
        # The node itself may be waiting for its next tick.
        assert len(asyncio.all_tasks()) <= before + 1

    play(scene)


def test_a_node_that_is_going_down_sends_people_away(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as open_before:
            draining = asyncio.create_task(node.drain())
            await asyncio.sleep(0)
            async with knocking(headers(session)) as socket:
                assert await socket.knock()
                assert await socket.ends() == RESTART
            assert await open_before.ends() == RESTART
            await draining

    play(scene)


def test_another_address_for_sockets_is_refused(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        for path in ("/", "/live", "/live/x/", "/live/../live/", "/admin/"):
            async with knocking(headers(session), path) as socket:
                assert not await socket.knock()

    play(scene)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ([b"sessionid=a"], "a"),
        ([b"other=1; sessionid=a; third=2"], "a"),
        ([b"sessionid=planted; sessionid=last"], "last"),
        ([b"sessionid=planted", b"sessionid=last"], "last"),
        ([b'sessionid="quoted"'], "quoted"),
        ([b"sessionid"], None),
        ([b"=;;=\xff\x00"], None),
        ([], None),
    ],
)
def test_cookies_are_read_as_for_a_page(sent: list[bytes], read: str | None, rf: Any) -> None:
    """A planted second cookie must not make the socket somebody else than the page."""
    scope = {"headers": [(b"cookie", value) for value in sent]}
    assert cookies(scope).get("sessionid") == read
    request = rf.get("/", HTTP_COOKIE=b"; ".join(sent).decode("latin-1"))
    assert request.COOKIES.get("sessionid") == read


@pytest.mark.parametrize(
    ("cookie", "language"),
    [
        ("de", "de"),
        ("de-ch", "de"),
        ("xx", settings.LANGUAGE_CODE),
        ("", settings.LANGUAGE_CODE),
        ("../../etc/passwd", settings.LANGUAGE_CODE),
        ("de" * 5000, settings.LANGUAGE_CODE),
        ("\x00", settings.LANGUAGE_CODE),
    ],
)
def test_the_language_comes_from_its_cookie(cookie: str, language: str) -> None:
    given = f"{settings.LANGUAGE_COOKIE_NAME}={cookie}".encode()
    assert language_of({"headers": [(b"cookie", given)]}) == language


def test_each_public_address_is_an_origin_of_ours() -> None:
    for origin in settings.PUBLIC_URLS:
        assert origin_is_ours({"headers": [(b"origin", origin.encode())]})


def test_a_rate_lets_so_many_through_and_recovers(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(intake.time, "monotonic", lambda: now[0])
    rate = Rate(2, 10)
    assert [rate.allows() for _ in range(4)] == [True, True, False, False]
    now[0] += 10
    assert [rate.allows() for _ in range(3)] == [True, True, False]
