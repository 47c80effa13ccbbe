"""The live view over plain requests: the same messages, and the same doors, as over a socket."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from channels.testing import HttpCommunicator
from django.test import Client

from chat import database
from chat.consumers import PollConsumer
from chat.live.node import Node
from chat.models import LanguageModel, User
from tests.kit import demo_model, demo_server, running_node

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "http://127.0.0.1:8000"

Scene = Callable[[Node, LanguageModel], Awaitable[None]]


def play(scene: Scene) -> None:
    async def main() -> None:
        async with demo_server() as server, running_node() as node:
            await scene(node, await database.write(demo_model, server.port))

    asyncio.run(main())


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


async def post(
    session_key: str, payload: Any, *, origin: str = ORIGIN, method: str = "POST"
) -> tuple[int, dict[str, Any]]:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = [(b"origin", origin.encode()), (b"cookie", f"sessionid={session_key}".encode())]
    communicator = HttpCommunicator(
        PollConsumer.as_asgi(), method, "/live/poll/", body=body, headers=headers
    )
    response = await communicator.get_response(timeout=30)
    return response["status"], json.loads(response["body"])


async def poll(
    key: str, session: str | None, *commands: dict[str, Any], wait: bool = True
) -> dict[str, Any]:
    texts = [json.dumps(command) for command in commands]
    status, answer = await post(key, {"session": session, "commands": texts, "wait": wait})
    assert status == 200
    return answer


def test_an_answer_streams_over_plain_requests(alice: User) -> None:
    key = session_of(alice)

    async def scene(node: Node, model: LanguageModel) -> None:
        opened = await poll(key, None)
        session, events = opened["session"], [json.loads(text) for text in opened["messages"]]
        assert [event["type"] for event in events] == ["hello"]
        names = {"conversation": str(uuid.uuid4()), "key": str(uuid.uuid4())}
        send = {"type": "message.send", "ref": 1, "text": "What is Chatsite?", **names}
        said = await poll(key, session, {**send, "language_model": model.id}, wait=False)
        assert said["messages"] == []
        while not any(event["type"] == "reply.ended" for event in events):
            answer = await poll(key, session)
            events += [json.loads(text) for text in answer["messages"]]
        kinds = {event["type"] for event in events}
        assert {"command.accepted", "message.created", "reply.advanced"} <= kinds
        assert [event["at"] for event in events] == sorted(event["at"] for event in events)

    play(scene)


def test_a_session_belongs_to_one_person(alice: User, charlie: User) -> None:
    mine, theirs = session_of(alice), session_of(charlie)

    async def scene(node: Node, model: LanguageModel) -> None:
        session = (await poll(mine, None))["session"]
        answer = await poll(theirs, session)
        assert answer == {"closed": 1012}

    play(scene)


def test_strangers_other_origins_and_other_methods_are_refused(alice: User) -> None:
    key = session_of(alice)
    asked = {"session": None, "commands": [], "wait": True}

    async def scene(node: Node, model: LanguageModel) -> None:
        assert (await post("", asked))[0] == 403
        assert (await post(key, asked, origin="http://127.0.0.1:8001"))[0] == 403
        assert (await post(key, asked, method="GET"))[0] == 403

    play(scene)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 5000,
        b'{"session": 1, "commands": [], "wait": true}',
        b'{"session": null, "commands": [1], "wait": true}',
        b'{"session": null, "commands": "x", "wait": true}',
        json.dumps({"session": None, "commands": ["x"] * 51, "wait": True}).encode(),
    ],
)
def test_what_is_no_request_is_answered_and_logged_nowhere(
    alice: User, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    key = session_of(alice)

    async def scene(node: Node, model: LanguageModel) -> None:
        assert (await post(key, body))[0] == 400
        assert node.polls == {}

    play(scene)
    assert "Traceback" not in caplog.text


def test_an_unknown_session_and_a_draining_server_say_come_back(alice: User) -> None:
    key = session_of(alice)

    async def scene(node: Node, model: LanguageModel) -> None:
        assert await poll(key, "gone") == {"closed": 1012}
        session = (await poll(key, None))["session"]
        waiting = asyncio.create_task(poll(key, session))
        await asyncio.sleep(0.1)
        await node.drain()
        assert (await waiting)["closed"] == 1012
        assert (node.polls, node.hub.everyone) == ({}, set())

    play(scene)


def test_a_large_body_is_refused(alice: User) -> None:
    key = session_of(alice)

    async def scene(node: Node, model: LanguageModel) -> None:
        assert (await post(key, b"x" * 600_000))[0] == 413

    play(scene)


def test_why_it_was_closed_is_told_to_the_next_request(alice: User) -> None:
    key = session_of(alice)

    async def scene(node: Node, model: LanguageModel) -> None:
        session = (await poll(key, None))["session"]
        node.polls[session].viewer.end(4003)
        await asyncio.sleep(0.1)
        assert node.hub.everyone == set()
        assert (await poll(key, session))["closed"] == 4003
        assert node.polls == {}

    play(scene)
