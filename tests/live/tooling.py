"""A scripted provider whose model asks for tools, and what the model is told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from chat import database
from chat.live.node import Node
from chat.models import LanguageModel, User
from chat.providers import Secret
from tests.kit import demo_model, looking, running_node
from tests.wire import Reply, WireServer, sse, text_chunk

DONE = Reply(sse(text_chunk("Done."), text_chunk("", "stop"), "[DONE]"))


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
