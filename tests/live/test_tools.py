"""Rounds of tools: from a model's call over its result to the answer, each round counted."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chat import database
from chat.demo import DemoServer
from chat.live.node import Node
from chat.models import Completion, LanguageModel, Message, Tool, ToolCall, UsageRecord, User
from chat.models.completion import State
from chat.models.tool import SCHEMAS, Function, ToolKind
from tests.kit import Eyes, demo_model, demo_server, looking, running_node

pytestmark = pytest.mark.django_db(transaction=True)

Scene = Callable[[Node, LanguageModel, DemoServer], Awaitable[None]]
QUESTION = "Please calculate 17 * 3"
LOOKUP = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}


def play(scene: Scene, *, pace: float = 0.0, kind: str = "grayswan") -> None:
    async def main() -> None:
        async with demo_server(pace) as server, running_node() as node:
            model = await database.write(demo_model, server.port, kind)
            await scene(node, model, server)

    asyncio.run(main())


@pytest.fixture
def calculator(db: Any) -> Tool:
    return Tool.objects.create(
        name="calculator",
        description="Calculates an expression.",
        kind=ToolKind.FUNCTION,
        function=Function.CALCULATOR,
        parameters=SCHEMAS[Function.CALCULATOR],
        writes=False,
    )


@pytest.fixture
def weather(db: Any) -> Tool:
    """A person looks out of the window."""
    return Tool.objects.create(
        name="weather", description="The weather.", kind=ToolKind.BY_HAND, parameters=LOOKUP
    )


async def next_reply(eyes: Eyes, after: int) -> int:
    event = await eyes.until(
        lambda event: event["type"] == "message.created" and event["after"] == after
    )
    return int(event["messages"][0])


async def cards(eyes: Eyes, reply: int, tools: str) -> str:
    event = await eyes.until(
        lambda event: (
            event["type"] == "reply.tools" and (event["reply"], event["tools"]) == (reply, tools)
        )
    )
    return str(event["html"])


async def answer(eyes: Eyes, sent: dict[str, Any], decision: str, **fields: Any) -> dict[str, Any]:
    names = {"conversation": sent["conversation"], "message": sent["reply"], "call": 0}
    names |= {"key": str(uuid.uuid4()), "decision": decision, **fields}
    return await eyes.do("tool.answer", **names)


def calls() -> list[tuple[str, str, str]]:
    return list(ToolCall.objects.order_by("id").values_list("name", "state", "result"))


@pytest.mark.parametrize("kind", ["grayswan", "openai_compatible"])
def test_a_model_calculates_and_answers_with_the_result(
    alice: User, calculator: Tool, kind: str
) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, QUESTION)
            assert await eyes.ended(sent["reply"]) == State.COMPLETED
            second = await next_reply(eyes, sent["reply"])
            assert await eyes.ended(second) == State.COMPLETED
            assert "51" in eyes.text(second)
            assert "17 * 3" in await cards(eyes, sent["reply"], "running")

    play(scene, kind=kind)
    assert calls() == [("calculator", "done", "51")]
    first, second = Message.objects.filter(role="assistant").order_by("id")
    assert (second.parent_id, second.conversation.leaf_id) == (first.id, second.id)
    assert [first.calls_open, second.calls_open] == [False, False]
