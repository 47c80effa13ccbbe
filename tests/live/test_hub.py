"""The hub: everyone who looks at a conversation sees the same, nobody else sees anything."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chat import database
from chat.demo import DemoServer
from chat.live.hub import Hub
from chat.live.node import Node
from chat.live.viewer import Look, Viewer, Who
from chat.models import LanguageModel, Message, User
from chat.models.completion import Part, State
from tests.kit import Eyes, demo_model, demo_server, looking, running_node

pytestmark = pytest.mark.django_db(transaction=True)

Scene = Callable[[Node, LanguageModel, DemoServer], Awaitable[None]]


def play(scene: Scene, *, pace: float = 0.0) -> None:
    async def main() -> None:
        async with demo_server(pace) as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            await scene(node, model, server)

    asyncio.run(main())


def advances(eyes: Eyes) -> list[dict[str, Any]]:
    return [event for event in eyes.events if event["type"] == "reply.advanced"]


async def join(eyes: Eyes, conversation: str) -> None:
    answer = await eyes.do("conversation.open", conversation=conversation)
    assert answer["type"] == "command.accepted"


def test_two_viewers_see_the_same_text(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes, looking(node, alice) as other:
            first = await eyes.send(model, "What is Chatsite?")
            await join(other, first["conversation"])
            reply = first["reply"]
            assert await eyes.ended(reply) == await other.ended(reply) == State.COMPLETED
            assert eyes.blocks[reply] == other.blocks[reply]

    play(scene, pace=0.1)


def test_who_joins_in_the_middle_begins_with_everything_after_keeping_nothing(
    alice: User,
) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, "/demo steady 200 90")
            for _ in range(8):
                await asyncio.sleep(0.15)
                async with looking(node, alice) as late:
                    await join(late, answer["conversation"])
                    await late.until(lambda event: event["type"] == "reply.advanced")
                    assert advances(late)[0]["keep"] == 0
            where = {"conversation": answer["conversation"], "reply": answer["reply"]}
            await eyes.do("reply.stop", **where)
            assert await eyes.ended(answer["reply"]) == State.STOPPED

    play(scene)


def test_a_slow_viewer_gets_fewer_frames_and_ends_with_the_same_blocks(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes, looking(node, alice) as slow:
            answer = await eyes.send(model, "/demo steady 100 2")
            take = slow._take

            async def slowly(text: str) -> None:
                """While this one takes one message, the other has taken four frames."""
                enough = len(advances(eyes)) + 4
                await eyes.until(
                    lambda event: event["type"] == "reply.ended" or len(advances(eyes)) >= enough
                )
                await take(text)

            slow.viewer._send = slowly
            await join(slow, answer["conversation"])
            await eyes.ended(answer["reply"])
            await slow.ended(answer["reply"])
            assert len(advances(slow)) < len(advances(eyes)) / 2
            assert slow.blocks[answer["reply"]] == eyes.blocks[answer["reply"]]

    play(scene)


def test_nobody_else_sees_anything_of_a_conversation(alice: User, charlie: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, charlie) as stranger, looking(node, alice) as left:
            async with looking(node, alice) as eyes:
                await stranger.send(model, "Hello")
                answer = await eyes.send(model, "What is Chatsite?")
                await join(left, answer["conversation"])
                elsewhere = await left.send(model, "Hello")
                refused = await stranger.do(
                    "conversation.open", conversation=answer["conversation"]
                )
                assert (refused["type"], refused["code"]) == ("command.refused", "not_found")
                await eyes.ended(answer["reply"])
                await left.ended(elsewhere["reply"])
            assert answer["reply"] not in stranger.blocks
            mine = [event for event in stranger.events if "conversation" in event]
            assert answer["conversation"] not in {event["conversation"] for event in mine}
            after = [e for e in left.events if e.get("conversation") == elsewhere["conversation"]]
            begun = left.events.index(after[0])
            assert not [e for e in left.events[begun:] if e.get("reply") == answer["reply"]]

    play(scene, pace=0.1)


def viewer(user: User, got: list[str]) -> Viewer:
    async def send(text: str) -> None:
        got.append(text)

    async def close(code: int) -> None:
        got.append(str(code))

    return Viewer(Who(user.id, "session", "fingerprint", "de"), send, close)


def waiting(one: Viewer) -> list[str]:
    texts = []
    while text := one.mailbox.take():
        texts.append(text)
    return texts


def test_events_for_a_person_reach_all_tabs_of_that_person_only(alice: User, bob: User) -> None:
    hub = Hub()
    tabs = [viewer(alice, []), viewer(alice, []), viewer(bob, [])]
    hub.everyone.update(tabs)
    hub.publish_to_user(alice.id, {"type": "conversations.changed"})
    assert [len(waiting(one)) for one in tabs] == [1, 1, 0]


def test_a_viewer_watches_one_conversation_at_a_time(alice: User) -> None:
    hub, here, there = Hub(), uuid.uuid4(), uuid.uuid4()
    one = viewer(alice, [])
    hub.join(one, here, "owner")
    hub.join(one, there, "owner")
    hub.publish(here, {"type": "reply.begun"})
    assert waiting(one) == []
    assert not hub.watched(here)
    hub.leave(one)
    assert hub.viewers == {}


def test_who_joined_gets_no_change_before_the_whole(alice: User, conversation: Any) -> None:
    """Between joining and the first look at the database, the reply may go on."""
    reply = Message.objects.create(conversation=conversation, role="assistant")
    reply.chunks.create(seq=1, part=Part.CONTENT, text="One.\n\nTwo.\n\nThree")

    async def main() -> list[str]:
        hub, first, late = Hub(), viewer(alice, []), viewer(alice, [])
        hub.join(first, conversation.id, "owner")
        await hub.show(first, reply.id)
        hub.join(late, conversation.id, "owner")
        await hub.advance({reply.id: (conversation.id, [(2, Part.CONTENT, " and")])})
        before = waiting(late)
        await hub.show(late, reply.id)
        await hub.advance({reply.id: (conversation.id, [(3, Part.CONTENT, " more")])})
        return [*before, *waiting(late)]

    (text,) = asyncio.run(main())
    assert '"seq":3,"keep":0,' in text
    assert "Three and more" in text


def test_a_text_comes_in_the_language_of_each_viewer(alice: User) -> None:
    hub, here = Hub(), uuid.uuid4()
    one = viewer(alice, [])
    hub.join(one, here, "owner")
    words = {"en": "ended", "de": "beendet"}
    hub.publish_in_looks(
        here, {Look(code, can_write=True): {"type": "x", "html": words[code]} for code in words}
    )
    assert "beendet" in waiting(one)[0]


def test_a_missed_chunk_is_read_from_the_database(
    alice: User, conversation: Any, model: Any
) -> None:
    reply = Message.objects.create(conversation=conversation, role="assistant")
    for seq, text in enumerate(["One ", "two ", "three."], start=1):
        reply.chunks.create(seq=seq, part=Part.CONTENT, text=text)

    async def main() -> list[str]:
        hub, one = Hub(), viewer(alice, [])
        hub.join(one, conversation.id, "owner")
        await hub.begin(conversation.id, reply.id, "")
        await hub.advance({reply.id: (conversation.id, [(1, Part.CONTENT, "One ")])})
        await hub.advance({reply.id: (conversation.id, [(3, Part.CONTENT, "three.")])})
        return waiting(one)

    (text,) = asyncio.run(main())
    assert '"seq":3,"keep":0,"blocks":["<p>One two three.</p>"]' in text


def test_documents_nobody_looks_at_are_freed(alice: User, conversation: Any) -> None:
    reply = Message.objects.create(conversation=conversation, role="assistant")

    async def main() -> tuple[int, int]:
        hub, one = Hub(), viewer(alice, [])
        hub.join(one, conversation.id, "owner")
        await hub.begin(conversation.id, reply.id, "")
        hub.forget_unwatched({reply.id: conversation.id})
        watched = len(hub.replies)
        hub.leave(one)
        hub.forget_unwatched({reply.id: conversation.id})
        return watched, len(hub.replies)

    assert asyncio.run(main()) == (1, 0)
