"""A provider that costs next to nothing: every stream gets 50 tokens a second, each with its time.

Run as `python -m tests.bench.provider PORT RATE TOKENS`.
"""

import asyncio
import json
import sys
import time

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
    b"Connection: close\r\n\r\n"
)
USAGE = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}


def frame(payload: dict[str, object] | str) -> bytes:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    body = f"data: {text}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(body), body)


def delta(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return frame({"id": "b", "object": "chat.completion.chunk", "choices": [choice]})


async def answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: float, tokens: int
) -> None:
    """Word n is `nT<nanoseconds>`, so that whoever reads it knows how long it was on its way."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    await reader.readexactly(length)
    writer.write(HEAD)
    started = time.monotonic()
    for number in range(tokens):
        pause = started + number / rate - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        separator = "\n\n" if number % 60 == 59 else " "
        writer.write(delta(f"{number}T{time.monotonic_ns()}{separator}"))
    writer.write(delta("", "stop") + frame({"choices": [], "usage": USAGE}) + frame("[DONE]"))
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    writer.close()


async def main(port: int, rate: float, tokens: int) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer, rate, tokens)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", port, backlog=1000)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
