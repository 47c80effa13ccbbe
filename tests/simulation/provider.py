"""A provider over HTTP that does what each prompt's plan says, and keeps its own count."""

import asyncio
import json
import threading
import time
from types import TracebackType
from typing import Any, Self

from tests.simulation import answers
from tests.simulation.counting import Call, Counter
from tests.simulation.plans import Act


class CountingProvider:
    """Listens in a thread of its own. `calls` is its bill: what the ledger must agree with."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.counter = Counter()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def calls(self) -> list[Call]:
        return self.counter.calls

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._accept, "127.0.0.1", self.port, backlog=500)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; False when the connection is over."""
        head, body = await _request(reader)
        call, act, special = self.counter.arrived(head, body)
        if special is not None:
            reports = special in answers.REPORTING
            usage = self.counter.usage(call, act) if reports else None
            answers.write_special(writer, special, usage)
            await writer.drain()
            return True
        if not body["stream"]:
            usage = None if act.usage == "none" else self.counter.usage(call, act)
            answers.write_whole(writer, act, usage)
            await writer.drain()
            return act.end not in ("break", "cut")
        return await self._stream(reader, writer, call, act, body)

    async def _stream(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        call: Call,
        act: Act,
        body: dict[str, Any],
    ) -> bool:
        writer.write(answers.STREAM)
        for piece in answers.pieces(body, act):
            if act.usage == "each":
                piece["usage"] = self.counter.usage(call, act)
            writer.write(answers.framed(piece))
            if act.pause:
                call.at = time.monotonic()
                await writer.drain()
                await asyncio.sleep(act.pause)
        if act.end == "hang":
            await _until_gone(reader, writer)
            return False
        for frame in answers.last(body, act, lambda: self.counter.usage(call, act)):
            writer.write(frame)
        call.at = time.monotonic()
        await writer.drain()
        if act.end == "break":
            await asyncio.sleep(0.02)
        return act.end not in ("break", "cut")


async def _until_gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Like many, it says now and then that it is still there: only its client ends the call."""
    gone = asyncio.ensure_future(reader.read(1))
    while not gone.done():
        await writer.drain()
        await asyncio.wait({gone}, timeout=5)
        writer.write(answers.ALIVE)
    gone.result()


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, Any]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = head.split("content-length:")[1].split("\r\n")[0]
    return head, json.loads(await reader.readexactly(int(length)))
