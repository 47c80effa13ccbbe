"""A busy render thread: whoever joins meanwhile still sees all that is stored, in the end."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from chat import database
from chat.demo import DemoServer
from chat.demo.special import START_OF_AN_ANSWER
from chat.live.node import Node
from chat.models import LanguageModel, Message, User
from chat.models.completion import State
from tests.faults.viewer import soon, words
from tests.kit import demo_model, demo_server, looking, running_node

pytestmark = pytest.mark.django_db(transaction=True)

Scene = Callable[[Node, LanguageModel, DemoServer], Awaitable[list[str]]]


def play(scene: Scene) -> None:
    """The scene gives what each viewer saw; all of it is to be what is stored."""

    async def main() -> list[str]:
        async with demo_server() as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            return await scene(node, model, server)

    seen = asyncio.run(main())
    stored = stored_words()
    assert stored
    assert [words(text) for text in seen] == [stored] * len(seen)


def stored_words() -> list[str]:
    return words(Message.objects.get(role="assistant").content)


def busy(seconds: float) -> "asyncio.Task[None]":
    """Nothing is rendered meanwhile."""
    return asyncio.create_task(database.render(time.sleep, seconds))


async def no_reads(seconds: float) -> None:
    """All threads that read the database have something to do."""
    sleeping = [database.read(time.sleep, seconds) for _ in range(database.READERS)]
    await asyncio.gather(*sleeping)


@pytest.mark.parametrize("prompt", ["/demo steady 200 0", "/demo steady 40 1"])
def test_an_answer_that_ends_while_its_document_is_made_for_its_sender(
    alice: User, prompt: str
) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> list[str]:
        async with looking(node, alice) as eyes:
            work = busy(1.5)
            answer = await eyes.send(model, prompt)
            assert await eyes.ended(answer["reply"]) == State.COMPLETED
            await work
            return [eyes.text(answer["reply"])]

    play(scene)


@pytest.mark.parametrize("prompt", ["/demo steady 200 0", "/demo steady 40 1"])
def test_an_answer_that_ends_before_its_message_is_shown(alice: User, prompt: str) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> list[str]:
        async with looking(node, alice) as eyes:
            sending = asyncio.create_task(eyes.send(model, prompt))
            await asyncio.gather(no_reads(1.5), sending)
            answer = sending.result()
            assert await eyes.ended(answer["reply"]) == State.COMPLETED
            return [eyes.text(answer["reply"])]

    play(scene)


@pytest.mark.parametrize("age", [0.2, 0.5, 0.8])
def test_an_answer_that_ends_while_it_is_loaded_for_a_late_viewer(alice: User, age: float) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> list[str]:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, "/demo steady 100 1")
        await asyncio.sleep(age)
        node.hub.forget_unwatched({})
        async with looking(node, alice) as late:
            work = busy(1.2)
            await late.do("conversation.open", conversation=answer["conversation"])
            assert await late.ended(answer["reply"]) == State.COMPLETED
            await work
            stored = await database.read(stored_words)
            await soon(lambda: words(late.text(answer["reply"])) == stored)
            return [late.text(answer["reply"])]

    play(scene)


def test_text_that_comes_while_it_is_loaded_does_not_wait_for_more_text(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> list[str]:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, "/demo stall")
            where, reply = answer["conversation"], answer["reply"]
        node.hub.forget_unwatched({})
        async with looking(node, alice) as late:
            work = busy(0.8)
            await late.do("conversation.open", conversation=where)
            await work
            # No more comes than the beginning, and all of it is shown.
            await soon(lambda: late.text(reply).strip() == START_OF_AN_ANSWER.strip())
            seen = late.text(reply)
            await late.do("reply.stop", conversation=where, reply=reply)
            assert await late.ended(reply) == State.STOPPED
            assert late.text(reply) == seen
        return []

    async def main() -> None:
        async with demo_server() as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            await scene(node, model, server)

    asyncio.run(main())
    assert Message.objects.get(role="assistant").content


def test_late_viewers_get_no_frame_before_their_first(alice: User) -> None:
    """A frame that keeps blocks is of no use to a page that has none yet."""

    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> list[str]:
        async with looking(node, alice) as eyes, looking(node, alice) as late:
            answer = await eyes.send(model, "/demo long 20")
            reply = answer["reply"]
            await eyes.until(lambda event: event.get("keep", 0) > 2)
            work = busy(0.3)
            await late.do("conversation.open", conversation=answer["conversation"])
            await work
            first = await late.until(lambda event: event["type"] == "reply.advanced")
            assert first["keep"] == 0
            await eyes.ended(reply)
            await late.ended(reply)
            assert late.text(reply) == eyes.text(reply)
        return []

    async def main() -> None:
        async with demo_server(pace=0.05) as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            await scene(node, model, server)

    asyncio.run(main())
