"""The live view over plain requests is a door like the socket: the same people, the same limits."""

import asyncio
import json
import uuid
from typing import Any

import pytest
from channels.testing import HttpCommunicator
from django.conf import settings

from chat.live.node import Node
from chat.live.viewer import BAD_MESSAGES, RESTART, SIGN_IN_AGAIN, TOO_MANY
from chat.models import User
from chatsite.asgi import application
from tests.security.conftest import CONTENT
from tests.security.doors import Things
from tests.security.sockets import Headers, headers, play, session_for
from tests.security.test_socket_entry import FOREIGN
from tests.security.test_socket_messages import complaints

pytestmark = pytest.mark.django_db(transaction=True)

NEW = {"session": None, "commands": [], "wait": False}


async def ask(given: Headers, body: object = NEW, method: str = "POST") -> tuple[int, Any]:
    """(status, what came as JSON)."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    wire = HttpCommunicator(application, method, "/live/poll/", body=data, headers=given)
    answer = await wire.get_response(timeout=25)
    return answer["status"], json.loads(answer["body"] or b"null")


def test_its_answers_have_their_headers(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        for given, method in ((headers(session), "POST"), ([], "GET")):
            wire = HttpCommunicator(
                application, method, "/live/poll/", body=json.dumps(NEW).encode(), headers=given
            )
            answer = await wire.get_response(timeout=20)
            found = {name.lower(): value for name, value in answer["headers"]}
            assert found[b"x-content-type-options"] == b"nosniff"
            assert found[b"cache-control"] == b"no-store"
            assert b"frame-ancestors 'none'" in found[b"content-security-policy"]

    play(scene)


async def begin(session: str) -> str:
    """A poll of a signed-in person that was greeted; its id."""
    status, told = await ask(headers(session), NEW | {"wait": True})
    assert (status, "closed" in told) == (200, False)
    assert json.loads(told["messages"][0])["type"] == "hello"
    return str(told["session"])


def test_only_our_own_pages_may_ask(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    session = session_for(alice)
    cookie = (b"cookie", f"sessionid={session}".encode())
    ours = (b"origin", settings.PUBLIC_URLS[0].encode())

    async def scene(node: Node) -> None:
        assert (await ask(headers(session)))[0] == 200
        for origin in FOREIGN:
            assert (await ask(headers(session, origin)))[0] == 403, origin
        for given in ([cookie], [ours], [cookie, ours, ours], [ours, (b"cookie", b"sessionid=x")]):
            assert (await ask(given))[0] == 403
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
            assert (await ask(headers(session), method=method))[0] == 403

    play(scene)
    assert complaints(caplog) == []


def test_nobody_reads_with_another_persons_poll(alice: User, charlie: User, things: Things) -> None:
    hers, his = session_for(alice), session_for(charlie)
    where = str(things.conversation.id)
    opening = json.dumps({"type": "conversation.open", "ref": 1, "conversation": where})

    async def scene(node: Node) -> None:
        poll = await begin(hers)
        await ask(headers(hers), {"session": poll, "commands": [opening], "wait": True})
        status, told = await ask(headers(his), {"session": poll, "commands": [], "wait": False})
        assert (status, set(told)) == (200, {"closed"})
        own = await begin(his)
        _status, told = await ask(
            headers(his), {"session": own, "commands": [opening], "wait": True}
        )
        assert CONTENT not in json.dumps(told)
        assert "not_found" in json.dumps(told)

    play(scene)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"session": NaN, "commands": [], "wait": true}',
        b'{"session": {"a": 1}, "commands": [], "wait": true}',
        b'{"session": null, "commands": null, "wait": true}',
        b'{"session": null, "commands": [1], "wait": true}',
        json.dumps(NEW | {"commands": ["{}"] * 5000}).encode(),
    ],
    ids=lambda body: ascii(body[:30]),
)
def test_a_malformed_request_is_answered(
    alice: User, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        assert (await ask(headers(session), body))[0] == 400
        assert node.hub.everyone == set()

    play(scene)
    assert complaints(caplog) == []


def test_a_large_request_is_refused(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        assert (await ask(headers(session), b"x" * 2_000_000))[0] == 413

    play(scene)


def test_too_much_nonsense_and_too_many_polls_are_ended(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        poll = await begin(session)
        nonsense = {"session": poll, "commands": ["{"] * 25, "wait": True}
        closed = [(await ask(headers(session), nonsense))[1].get("closed") for _ in range(2)]
        # Who is not waiting when it ends hears only that it is over.
        assert closed[-1] in (BAD_MESSAGES, RESTART)
        assert node.hub.everyone == set()
        for _ in range(settings.MAX_SOCKETS_PER_USER):
            await begin(session)
        assert (await ask(headers(session)))[1] == {"closed": TOO_MANY}

    play(scene)


def test_a_made_up_poll_is_nobodys(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        for made_up in ("x", str(uuid.uuid4()), "../../", "\x00", "ü" * 10_000):
            asked = {"session": made_up, "commands": [], "wait": False}
            status, told = await ask(headers(session), asked)
            assert (status, set(told)) == (200, {"closed"})

    play(scene)


def test_a_poll_ends_with_the_session(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        poll = await begin(session)
        waiting = {"session": poll, "commands": [], "wait": True}
        asking = asyncio.create_task(ask(headers(session), waiting))
        await asyncio.sleep(0.6)
        await asyncio.to_thread(User.objects.update, is_active=False)
        began = asyncio.get_running_loop().time()
        assert (await asking)[1]["closed"] == SIGN_IN_AGAIN
        assert asyncio.get_running_loop().time() - began < 1
        assert (await ask(headers(session), waiting))[0] == 403
        assert node.hub.everyone == set()

    play(scene)
