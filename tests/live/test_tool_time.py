"""Calls of tools take their time, but not for ever; those of dead nodes are noticed soon."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from chat import database
from chat.domain import tool_calls
from chat.domain.runs import LEASE
from chat.live import toolbox
from chat.live.node import Node
from chat.models import LanguageModel, Tool, ToolCall, User
from chat.models.completion import State
from chat.models.tool import SCHEMAS, Function, ToolKind
from chat.models.tool_call import CallState
from tests.kit import looking
from tests.wire import Reply, WireServer, json_reply

from .tooling import DONE, ask, asking, play, results

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def slow_house(server: WireServer) -> Iterator[Callable[[Reply], WireServer]]:
    """An address of the organisation that answers as it likes, as the tool `slow`."""
    houses: list[WireServer] = []

    def build(answer: Reply) -> WireServer:
        house = WireServer(answer)
        houses.append(house)
        house.__enter__()
        settings.PRIVATE_PROVIDERS.append(f"127.0.0.1:{house.port}")
        schema = {"type": "object"}
        Tool.objects.create(
            name="slow", kind=ToolKind.HTTP, url=house.url, parameters=schema, writes=False
        )
        return house

    yield build
    for house in houses:
        house.__exit__(None, None, None)


def test_the_tools_of_one_answer_take_so_long_together_and_no_longer(
    alice: User,
    server: WireServer,
    slow_house: Callable[[Reply], WireServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "TOOL_TIMEOUT", 1)
    house = slow_house(replace(json_reply({"ok": True}), wait=0.6))
    server.play(asking(("slow", "{}")))
    ask(alice, server, replies=3)
    assert len(house.requests) == 2
    states = ToolCall.objects.order_by("id").values_list("state", "result")
    assert list(states) == [
        ("done", '{"ok": true}'),
        ("done", '{"ok": true}'),
        ("failed", "The limit of 1 seconds for tools is reached."),
    ]


def test_a_single_call_is_given_up_and_the_model_is_told(
    alice: User,
    server: WireServer,
    slow_house: Callable[[Reply], WireServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "TOOL_TIMEOUT", 1)
    slow_house(Reply([], close="stall"))
    server.play(asking(("slow", "{}")), DONE)
    ask(alice, server, replies=2)
    assert results(server) == [("c0", "Error: The tool took too long.")]


def test_a_living_node_keeps_its_lease_on_a_slow_call(
    alice: User,
    server: WireServer,
    slow_house: Callable[[Reply], WireServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if its lease had almost run out: it is renewed, and nobody takes the call over."""

    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, "Go")
            await eyes.until(lambda event: event.get("tools") == "running")
            await database.write(ToolCall.objects.update, lease_until=timezone.now())
            await asyncio.sleep(0.2)
            assert await database.write(tool_calls.take_over, "other", at_once=False) == set()
            event = await eyes.until(lambda event: event.get("after") == sent["reply"])
            assert await eyes.ended(event["messages"][0]) == State.COMPLETED

    monkeypatch.setattr(toolbox, "RENEW_AFTER", 0.05)
    slow_house(replace(json_reply({"ok": True}), wait=1.0))
    server.play(asking(("slow", "{}")), DONE)
    play(scene, server)
    assert results(server) == [("c0", '{"ok": true}')]


def test_a_stop_does_not_wait_for_an_address_that_hangs(
    alice: User, server: WireServer, slow_house: Callable[[Reply], WireServer]
) -> None:
    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, "Go")
            await eyes.until(lambda event: event.get("tools") == "running")
            names = {"conversation": sent["conversation"], "reply": sent["reply"]}
            again = await eyes.send(model, "More", conversation=sent["conversation"])
            assert again["code"] == "still_writing"
            await eyes.do("reply.stop", **names)
            await eyes.until(lambda event: event.get("tools") == "", seconds=2)

    slow_house(Reply([], close="stall"))
    server.play(asking(("slow", "{}")), DONE)
    play(scene, server)
    assert [call.state for call in ToolCall.objects.all()] == ["stopped"]
    assert len(server.requests) == 1


@pytest.fixture
def calculator(db: Any) -> Tool:
    return Tool.objects.create(
        name="calculator",
        kind=ToolKind.FUNCTION,
        function=Function.CALCULATOR,
        parameters=SCHEMAS[Function.CALCULATOR],
        writes=True,
    )


def test_a_call_of_a_dead_node_is_interrupted_and_run_again_by_a_person(
    alice: User, server: WireServer, calculator: Tool
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

    server.play(asking(("calculator", '{"expression": "6*7"}')), DONE)
    play(scene, server)
    assert results(server) == [("c0", "42")]


def die_while_running() -> None:
    """Another node notices as soon as the lease is over."""
    call = ToolCall.objects.select_related("message").get()
    soon = timezone.now() + LEASE
    ToolCall.objects.update(state=CallState.RUNNING, node="dead", lease_until=soon)
    assert tool_calls.take_over("other", at_once=False) == set()
    ToolCall.objects.update(lease_until=timezone.now() - LEASE / 100)
    taken = {(call.message.conversation_id, call.message_id)}
    assert tool_calls.take_over("other", at_once=False) == taken
    assert ToolCall.objects.get().state == CallState.INTERRUPTED
    assert not tool_calls.settle(call.id, "dead", CallState.DONE, "late", 1.0)
