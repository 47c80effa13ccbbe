"""What a model asks for is checked and bounded before anything runs."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from chat import database
from chat.domain import endings, tool_calls
from chat.live.node import Node
from chat.models import LanguageModel, Message, Tool, ToolCall, UsageRecord, User
from chat.models.completion import State
from chat.models.tool import SCHEMAS, Function, ToolKind
from chat.models.tool_call import CallState
from chat.providers import Secret
from tests.kit import demo_model, looking, running_node
from tests.wire import Reply, WireServer, json_reply, sse, text_chunk

pytestmark = pytest.mark.django_db(transaction=True)

DONE = Reply(sse(text_chunk("Done."), text_chunk("", "stop"), "[DONE]"))
KEY = "sk-tool-0123456789"


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(autouse=True)
def calculator(db: Any) -> Tool:
    return Tool.objects.create(
        name="calculator",
        description="Calculates.",
        kind=ToolKind.FUNCTION,
        function=Function.CALCULATOR,
        parameters=SCHEMAS[Function.CALCULATOR],
        writes=False,
    )


def asking(*calls: tuple[str, str], finish: str = "tool_calls") -> Reply:
    """A stream that asks for these (name, arguments), the arguments in two pieces."""
    chunks = []
    for index, (name, arguments) in enumerate(calls):
        half = len(arguments) // 2
        opening = {"index": index, "id": f"c{index}", "type": "function"}
        opening["function"] = {"name": name, "arguments": arguments[:half]}
        chunks.append(piece(opening))
        chunks.append(piece({"index": index, "function": {"arguments": arguments[half:]}}))
    return Reply(sse(*chunks, text_chunk("", finish), "[DONE]"))


def piece(call: dict[str, Any]) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}]}


def model_at(server: WireServer) -> LanguageModel:
    model = demo_model(server.port, "grayswan")
    model.provider.base_url = server.url
    model.provider.save()
    key = model.provider.api_keys.get()
    key.seal(Secret("demo-key"))
    key.save()
    return model


def ask(alice: User, server: WireServer, replies: int) -> None:
    """Asks, and waits until so many replies have ended."""

    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as eyes:
            await eyes.send(model, "Go")
            ended: set[int] = set()
            while len(ended) < replies:
                event = await eyes.until(
                    lambda event: event["type"] == "reply.ended" and event["reply"] not in ended
                )
                ended.add(event["reply"])

    play(scene, server)


def play(scene: Callable[[Node, LanguageModel], Awaitable[None]], server: WireServer) -> None:
    async def main() -> None:
        async with running_node() as node:
            await scene(node, await database.write(model_at, server))

    asyncio.run(main())


def results(server: WireServer) -> list[tuple[str, str]]:
    """(call, result) as the model was told them in the last request."""
    sent = server.requests[-1].json["messages"]
    return [(it["tool_call_id"], it["content"]) for it in sent if it["role"] == "tool"]


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("calculator", '{"expression": "17 * 3"}', "51"),
        ("rm", "{}", "Error: There is no tool of this name."),
        ("calculator", "{", "Error: The arguments are not a JSON object."),
        ("calculator", "[1]", "Error: The arguments are not a JSON object."),
        ("calculator", '{"expression": NaN}', "Error: The arguments are not a JSON object."),
        ("calculator", "{}", "Error: The argument 'expression' is missing."),
        (
            "calculator",
            '{"expression": 7}',
            "Error: The argument 'expression' must be of type string.",
        ),
        ("calculator", '{"expression": "1/0"}', "Error: Division by zero."),
    ],
)
def test_the_model_is_told_what_came_of_its_call(
    alice: User, server: WireServer, name: str, arguments: str, told: str
) -> None:
    server.play(asking((name, arguments)), DONE)
    ask(alice, server, replies=2)
    assert results(server) == [("c0", told)]


def test_the_requests_are_exactly_as_documented(alice: User, server: WireServer) -> None:
    server.play(asking(("calculator", '{"expression": "2+2"}')), DONE)
    ask(alice, server, replies=2)
    function = {
        "name": "calculator",
        "description": "Calculates.",
        "parameters": SCHEMAS[Function.CALCULATOR],
    }
    call = {"name": "calculator", "arguments": '{"expression": "2+2"}'}
    first, second = (request.json for request in server.requests)
    assert first == {
        "model": "cygnet",
        "messages": [{"role": "user", "content": "Go"}],
        "tools": [{"type": "function", "function": function}],
        "tool_choice": "auto",
        "stream": True,
    }
    assert second == first | {
        "messages": [
            {"role": "user", "content": "Go"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c0", "type": "function", "function": call}],
            },
            {"role": "tool", "content": "4", "tool_call_id": "c0"},
        ]
    }


def test_calls_of_one_round_are_answered_together(alice: User, server: WireServer) -> None:
    sums = [("calculator", json.dumps({"expression": f"{n}+1"})) for n in range(18)]
    server.play(asking(*sums), DONE)
    ask(alice, server, replies=2)
    told = dict(results(server))
    assert (told["c0"], told["c15"]) == ("1", "16")
    assert told["c16"] == told["c17"] == "Error: Only 16 calls at once are run."


def test_arguments_cut_by_length_are_never_run(alice: User, server: WireServer) -> None:
    server.play(asking(("calculator", '{"expression": "1+1"}'), finish="length"), DONE)
    ask(alice, server, replies=1)
    assert [call.state for call in ToolCall.objects.all()] == ["incomplete"]
    assert len(server.requests) == 1


def test_rounds_come_to_an_end(alice: User, server: WireServer) -> None:
    server.play(asking(("calculator", '{"expression": "1+1"}')))
    ask(alice, server, replies=9)
    assert len(server.requests) == 9
    assert UsageRecord.objects.count() == 9
    last = ToolCall.objects.order_by("id").last()
    assert last is not None
    assert last.result == "The limit of 8 rounds of tools is reached."
    assert not Message.objects.filter(calls_open=True).exists()


def test_an_address_of_the_organisation_is_called_with_its_key(
    alice: User, server: WireServer
) -> None:
    with WireServer(json_reply({"degrees": 3, "text": "x" * 40_000})) as house:
        settings.PRIVATE_PROVIDERS.append(f"127.0.0.1:{house.port}")
        tool = Tool(
            name="weather",
            description="Weather.",
            kind=ToolKind.HTTP,
            url=f"{house.url}/weather",
            parameters={"type": "object", "properties": {"city": {"type": "string"}}},
            writes=False,
        )
        tool.seal(Secret(KEY))
        tool.save()
        server.play(asking(("weather", '{"city": "Zürich"}')), DONE)
        ask(alice, server, replies=2)
        (request,) = house.requests
    assert (request.path, request.json) == ("/weather", {"city": "Zürich"})
    assert request.header("Authorization") == f"Bearer {KEY}"
    ((_, told),) = results(server)
    assert told.startswith('{"degrees": 3')
    assert told.endswith("[The rest was cut off.]")
    assert len(told) < 32_100
    assert KEY not in str([one.body for one in server.requests])


def test_a_stop_does_not_wait_for_an_address_that_hangs(alice: User, server: WireServer) -> None:
    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, "Go")
            await eyes.until(lambda event: event.get("tools") == "running")
            names = {"conversation": sent["conversation"], "reply": sent["reply"]}
            again = await eyes.send(model, "More", conversation=sent["conversation"])
            assert again["code"] == "still_writing"
            await eyes.do("reply.stop", **names)
            await eyes.until(lambda event: event.get("tools") == "", seconds=2)

    with WireServer(Reply([], close="stall")) as house:
        settings.PRIVATE_PROVIDERS.append(f"127.0.0.1:{house.port}")
        Tool.objects.create(
            name="hangs",
            kind=ToolKind.HTTP,
            url=house.url,
            parameters={"type": "object"},
            writes=False,
        )
        server.play(asking(("hangs", "{}")), DONE)
        play(scene, server)
    assert [call.state for call in ToolCall.objects.all()] == ["stopped"]
    assert len(server.requests) == 1


def test_a_call_of_a_dead_node_is_interrupted_and_run_again_by_a_person(
    alice: User, server: WireServer
) -> None:
    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, "Go")
            await eyes.until(lambda event: event.get("tools") == "waiting")
            await database.write(die_while_running)
            names = {"conversation": sent["conversation"], "message": sent["reply"], "call": 0}
            names |= {"key": "00000000-0000-4000-8000-000000000001", "decision": "allow"}
            await eyes.do("tool.answer", **names)
            event = await eyes.until(lambda event: event.get("after") == sent["reply"])
            assert await eyes.ended(event["messages"][0]) == State.COMPLETED

    Tool.objects.update(writes=True)
    server.play(asking(("calculator", '{"expression": "6*7"}')), DONE)
    play(scene, server)
    assert results(server) == [("c0", "42")]


def die_while_running() -> None:
    ToolCall.objects.update(state=CallState.RUNNING, node="dead")
    endings.take_over("other", at_once=False)
    assert ToolCall.objects.get().state == CallState.RUNNING
    endings.take_over("other", at_once=True)
    assert ToolCall.objects.get().state == CallState.INTERRUPTED
    assert not tool_calls.settle(ToolCall.objects.get().id, "dead", CallState.DONE, "late", 1.0)
