"""The bytes of the provider's answers."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.simulation.plans import Act

STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\nRetry-After-Ms: 1\r\n\r\n"
)
END = b"0\r\n\r\n"
ALIVE = b"9\r\n: alive\n\n\r\n"
FAILURE = {"message": "Overloaded.", "type": "server_error"}
BLOCKED = {"message": "The content policy forbids this.", "code": "content_filter"}
FINISHES = {"stop": "stop", "length": "length", "filter": "content_filter"}

# Failing attempts that report what they took nevertheless.
REPORTING = {"empty", "error"}

Usage = dict[str, Any] | None


def framed(chunk: dict[str, Any] | str) -> bytes:
    """An event of a stream as a chunk of HTTP."""
    text = chunk if isinstance(chunk, str) else json.dumps(chunk)
    data = f"data: {text}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(data), data)


def _choice(index: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": finish}]}


def pieces(body: dict[str, Any], act: Act) -> Iterator[dict[str, Any]]:
    """What comes before the finish."""
    if act.tool:
        function = {"name": "calculator", "arguments": '{"expression": "17 * 3"}'}
        call = {"index": 0, "id": "c1", "type": "function", "function": function}
        yield _choice(0, {"tool_calls": [call]})
        return
    for number in range(act.words):
        for index in range(body.get("n") or 1):
            yield _choice(index, {"content": f"word{number} "})


def last(body: dict[str, Any], act: Act, usage: Callable[[], Usage]) -> Iterator[bytes]:
    """The finish, or what comes in its place; usage where the act says so."""
    if act.end == "error":
        yield framed({"error": FAILURE, **_told(act, usage)}) + END
        return
    if act.end in ("cut", "break"):
        if act.end == "cut":
            yield END
        return
    finish = "tool_calls" if act.tool else FINISHES[act.end]
    for index in range(body.get("n") or 1):
        chunk = _choice(index, {}, finish)
        yield framed(chunk | (_told(act, usage) if act.usage == "finish" and not index else {}))
    if act.usage == "last":
        yield framed({"choices": [], **_told(act, usage)})
    yield framed("[DONE]") + END


def _told(act: Act, usage: Callable[[], Usage]) -> dict[str, Any]:
    return {} if act.usage in ("none", "each") else {"usage": usage()}


def write_whole(writer: asyncio.StreamWriter, act: Act, usage: Usage) -> None:
    """Where no stream was asked for."""
    text = "".join(f"word{number} " for number in range(act.words))
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    answer = {"choices": [choice | {"finish_reason": FINISHES.get(act.end, "stop")}]}
    _write(writer, 200, answer | ({"usage": usage} if usage else {}))


def write_special(writer: asyncio.StreamWriter, special: int | str, usage: Usage) -> None:
    """An attempt that fails, and is tried again by itself where that may help."""
    if special == "empty":
        frames = framed({"choices": [], "usage": usage}) + framed("[DONE]")
        writer.write(STREAM + frames + END)
    elif special == "error":
        writer.write(STREAM + framed({"error": FAILURE, "usage": usage}) + END)
    elif special == "blocked":
        _write(writer, 400, {"error": BLOCKED})
    else:
        assert isinstance(special, int)
        _write(writer, special, {"error": FAILURE})


def _write(writer: asyncio.StreamWriter, status: int, answer: dict[str, Any]) -> None:
    data = json.dumps(answer).encode()
    head = (
        f"HTTP/1.1 {status} Told\r\nContent-Type: application/json\r\n"
        f"Retry-After-Ms: 1\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    writer.write(head.encode() + data)
