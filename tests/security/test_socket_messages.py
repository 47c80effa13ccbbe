"""What an open socket may say: nonsense is answered, floods end it, and the log stays calm."""

import asyncio
import json
import uuid
from typing import Any

import pytest
from django.conf import settings

from chat.live.node import Node
from chat.live.viewer import BAD_MESSAGES, TOO_MANY
from chat.models import Completion, Conversation, LanguageModel, Message, User
from chat.models.completion import State
from tests.security.sockets import inside, play, session_for

pytestmark = pytest.mark.django_db(transaction=True)

NONSENSE = [
    "[]",
    "{",
    "null",
    "7",
    '{"type": NaN}',
    '{"type": "ping", "ref": ' + "9" * 5000 + "}",
    '{"a":' * 50_000,
    '{"type": "\\ud800"}',
    '{"type": "ping\\u0000"}',
    '{"type": "__proto__"}',
    '{"type": "websocket.disconnect"}',
    '{"type": "websocket.close", "code": 1000}',
    '{"type": "send", "text": "x"}',
    '{"type": "_close"}',
    '{"type": "dispatch"}',
    '{"type": "ping", "user_id": 1}',
    '{"type": "conversation.open", "ref": 1, "conversation": "../../../etc/passwd"}',
    '{"type": "conversation.open", "ref": 1, "conversation": "' + "ü" * 200 + '"}',
]


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelname != "INFO" or one.exc_info]


def test_nonsense_is_answered_and_the_socket_lives(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            for text in NONSENSE:
                await socket.say(text)
                answer = await socket.next()
                assert answer is not None, text[:60]
                assert (answer["type"], answer["code"]) == ("command.refused", "bad_command")
            await socket.say({"type": "ping"})
            assert (await socket.next() or {})["type"] == "pong"

    play(scene)
    assert complaints(caplog) == []


def test_too_much_nonsense_ends_the_socket(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            for _ in range(25):
                await socket.say("{")
            assert await socket.ends() == BAD_MESSAGES
            assert len(socket.events) <= 20

    play(scene)
    assert complaints(caplog) == []


def test_bytes_are_nonsense(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await socket.wire.send_input({"type": "websocket.receive", "bytes": b"\xff\x00{}"})
            assert (await socket.next() or {})["code"] == "bad_command"

    play(scene)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "ping"},
        {"type": "frames.acknowledge", "bytes": 1},
        {"type": "conversation.open", "ref": 1, "conversation": str(uuid.uuid4())},
    ],
    ids=lambda message: str(message["type"]),
)
def test_a_flood_ends_the_socket(
    alice: User, message: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    session, text = session_for(alice), json.dumps(message)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            for _ in range(3000):
                await socket.say(text)
            assert await socket.ends() == TOO_MANY
            assert node.hub.where(lambda viewer: viewer.closing is None) == []

    play(scene)
    assert complaints(caplog) == []


def test_acknowledging_what_was_never_sent_opens_no_window(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await socket.say({"type": "frames.acknowledge", "bytes": 2**52})
            await socket.say({"type": "ping"})
            await socket.next()
            (viewer,) = node.hub.everyone
            assert viewer.mailbox.acknowledged <= viewer.mailbox.sent

    play(scene)


def test_sends_have_a_rate(alice: User) -> None:
    session = session_for(alice)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            codes = []
            for ref in range(1, settings.MAX_SENDS_PER_MINUTE + 6):
                answer = await socket.do(
                    "message.send",
                    ref,
                    conversation=str(uuid.uuid4()),
                    key=str(uuid.uuid4()),
                    text="Hello",
                    language_model=1,
                )
                codes.append(answer["code"])
            most = settings.MAX_SENDS_PER_MINUTE
            assert set(codes[:most]) == {"model_unavailable"}
            assert codes[most:] == ["rate"] * 5

    play(scene)


@pytest.mark.parametrize("number", [0, 1, 2**53 - 1])
def test_made_up_numbers_are_not_found(
    alice: User, conversation: Conversation, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    session, where = session_for(alice), str(conversation.id)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            key = str(uuid.uuid4())
            for kind, fields in [
                ("reply.stop", {"reply": number}),
                ("reply.regenerate", {"reply": number, "key": key}),
                ("reply.continue", {"reply": number, "key": key}),
                ("message.edit", {"message": number, "key": key, "text": "x"}),
            ]:
                answer = await socket.do(kind, conversation=where, **fields)
                assert answer["code"] == "not_found"

    play(scene)
    assert complaints(caplog) == []


def test_a_deleted_person_is_not_answered_with_an_error(
    alice: User,
    conversation: Conversation,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the deletion and the next sweep a command may still arrive."""
    monkeypatch.setattr("chat.live.sweep.INTERVAL", 600)
    session, where = session_for(alice), str(conversation.id)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await asyncio.to_thread(User.objects.all().delete)
            answer = await socket.do("conversation.open", conversation=where)
            assert answer["code"] == "not_found"

    play(scene)
    assert complaints(caplog) == []


def test_an_old_send_played_again_gives_the_old_answer(
    alice: User, charlie: User, model: LanguageModel
) -> None:
    """Also from another socket, and never to somebody else."""
    hers, his = session_for(alice), session_for(charlie)
    send = {
        "conversation": str(uuid.uuid4()),
        "key": str(uuid.uuid4()),
        "text": "Hello",
        "language_model": model.id,
    }

    async def scene(node: Node) -> None:
        async with inside(hers) as first, inside(hers) as second, inside(his) as stranger:
            made = await first.do("message.send", **send)
            played = await second.do("message.send", **send)
            assert (played["reply"], played["again"]) == (made["reply"], True)
            assert (await stranger.do("message.send", **send))["code"] == "not_found"
            other = await stranger.do("message.send", **send | {"conversation": str(uuid.uuid4())})
            assert other["reply"] != made["reply"]

    play(scene)
    assert Message.objects.filter(role="user").count() == 2
    assert Completion.objects.filter(state=State.QUEUED).count() == 0
