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


def test_each_round_is_counted_for_itself(alice: User, calculator: Tool) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, QUESTION)
            await eyes.ended(await next_reply(eyes, sent["reply"]))
        assert [call.messages[-1]["role"] for call in server.calls] == ["user", "tool"]

    play(scene)
    rows = UsageRecord.objects.order_by("id").values_list("outcome", "purpose", "user_email")
    assert list(rows) == [("completed", "answer", "alice@example.org")] * 2
    assert all(row.total_tokens for row in UsageRecord.objects.all())


def test_what_was_sent_meanwhile_comes_after_the_answer(alice: User, calculator: Tool) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            conversation = str(uuid.uuid4())
            # Both before the first one is begun: the tool must not run yet.
            sent, later = await asyncio.gather(
                eyes.send(model, QUESTION, conversation=conversation),
                eyes.send(model, "Thank you.", conversation=conversation),
            )
            second = await next_reply(eyes, sent["reply"])
            assert await eyes.ended(second) == State.COMPLETED
            assert await eyes.ended(later["reply"]) == State.COMPLETED

    play(scene)
    roles = Message.objects.order_by("completion__finished_at", "id").values_list("role", flat=True)
    assert sorted(roles) == ["assistant"] * 3 + ["user"] * 2
    thanks = Message.objects.get(content="Thank you.")
    assert thanks.parent is not None
    assert "51" in thanks.parent.content


def test_a_tool_that_writes_runs_only_when_it_is_allowed(alice: User, calculator: Tool) -> None:
    Tool.objects.update(writes=True)

    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, QUESTION)
            html = await cards(eyes, sent["reply"], "waiting")
            assert 'data-decision="allow"' in html
            assert await database.read(calls) == [("calculator", "waiting", "")]
            assert len(server.calls) == 1
            for _ in range(3):
                await answer(eyes, sent, "allow")
            assert await eyes.ended(await next_reply(eyes, sent["reply"])) == State.COMPLETED
        assert len(server.calls) == 2

    play(scene)
    assert calls() == [("calculator", "done", "51")]
    assert ToolCall.objects.get().answered_by == alice


def test_a_refused_call_is_not_run_and_the_model_is_told(alice: User, calculator: Tool) -> None:
    Tool.objects.update(writes=True)

    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, QUESTION)
            await cards(eyes, sent["reply"], "waiting")
            await answer(eyes, sent, "refuse")
            await eyes.ended(await next_reply(eyes, sent["reply"]))
        assert "refused" in server.calls[1].messages[-1]["content"]

    play(scene)
    assert [state for _, state, _ in calls()] == ["refused"]


def test_a_person_answers_by_hand(alice: User, weather: Tool) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, "How is the weather in Zug?")
            html = await cards(eyes, sent["reply"], "waiting")
            assert "<textarea" in html
            empty = await answer(eyes, sent, "result", result="  ")
            assert (empty["type"], empty["code"]) == ("command.refused", "text")
            await answer(eyes, sent, "result", result="Snow & wind")
            await answer(eyes, sent, "result", result="Sun")
            second = await next_reply(eyes, sent["reply"])
            await eyes.ended(second)
            assert "Snow" in eyes.text(second)

    play(scene)
    assert calls() == [("weather", "done", "Snow & wind")]
    assert ToolCall.objects.get().arguments == '{"city": "Zug"}'


def test_a_round_waits_over_a_restart(alice: User, weather: Tool) -> None:
    sent: dict[str, Any] = {}

    async def before(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent.update(await eyes.send(model, "How is the weather in Zug?"))
            await cards(eyes, sent["reply"], "waiting")
        await node.drain()
        assert [state for _, state, _ in await database.read(calls)] == ["waiting"]
        async with running_node() as fresh, looking(fresh, alice) as eyes:
            await eyes.do("conversation.open", conversation=sent["conversation"])
            await answer(eyes, sent, "result", result="Rain")
            assert await eyes.ended(await next_reply(eyes, sent["reply"])) == State.COMPLETED

    play(before)


def test_strangers_cannot_answer(alice: User, charlie: User, weather: Tool) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes, looking(node, charlie) as other:
            sent = await eyes.send(model, "How is the weather in Zug?")
            await cards(eyes, sent["reply"], "waiting")
            refused = await answer(other, sent, "result", result="Mine")
            assert (refused["type"], refused["code"]) == ("command.refused", "not_found")

    play(scene)
    assert calls() == [("weather", "waiting", "")]


def test_writing_on_refuses_what_still_waits(alice: User, weather: Tool) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, "How is the weather in Zug?")
            await cards(eyes, sent["reply"], "waiting")
            names = {"conversation": sent["conversation"], "parameters": {"use_tools": False}}
            later = await eyes.send(model, "What is Chatsite?", **names)
            assert await eyes.ended(later["reply"]) == State.COMPLETED
            await answer(eyes, sent, "result", result="Too late")

    play(scene)
    assert [state for _, state, _ in calls()] == ["refused"]
    assert Message.objects.filter(calls_open=True).count() == 0


def test_a_stop_ends_the_round(alice: User, weather: Tool) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, "How is the weather in Zug?")
            await cards(eyes, sent["reply"], "waiting")
            await database.write(Completion.objects.update, own_key=True)
            await eyes.do("reply.stop", conversation=sent["conversation"], reply=sent["reply"])
            html = await cards(eyes, sent["reply"], "")
            assert "data-decision" not in html
            foot = await eyes.until(lambda event: "regenerate" in event.get("html", ""))
            assert (foot["type"], foot["tools"]) == ("reply.ended", "")
            # Whoever asked reads of the own key, as on the page.
            assert "with your own key" in foot["html"]

    play(scene)
    assert [state for _, state, _ in calls()] == ["stopped"]
    assert Message.objects.filter(role="assistant").count() == 1


def test_tools_are_not_offered_when_they_are_switched_off(alice: User, calculator: Tool) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, QUESTION, parameters={"use_tools": False})
            await eyes.ended(sent["reply"])

    play(scene)
    assert calls() == []
    assert UsageRecord.objects.count() == 1


def test_peak_privacy_never_gets_tools(alice: User, calculator: Tool) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, QUESTION)
            assert await eyes.ended(sent["reply"]) == State.COMPLETED

    play(scene, kind="peakprivacy")
    assert calls() == []
