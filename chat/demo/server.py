"""Starts and ends the demonstration provider inside a running event loop."""

import asyncio
from collections import deque

from chat.demo.calls import Call, record_of_calls
from chat.demo.connection import Connection
from chat.demo.router import PREFIXES, Router

BACKLOG = 1024


class DemoServer:
    """A provider listening on one port; `calls` says what it was asked, newest last.

    `pace` multiplies every wait: 1 is human, 0 is as fast as possible.
    """

    def __init__(self, *, pace: float = 1.0, keep_messages: bool = False) -> None:
        self.pace = pace
        self.calls: deque[Call] = record_of_calls()
        self.host = ""
        self.port = 0
        self._router = Router(keep_messages=keep_messages)
        self._connections: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    @property
    def running_calls(self) -> int:
        return sum(call.running for call in self.calls)

    @property
    def base_urls(self) -> dict[str, str]:
        """The base URL of each dialect, as an administrator would enter it."""
        return {
            name: f"http://{self.host}:{self.port}{prefix}" for name, prefix in PREFIXES.items()
        }

    async def listen(self, host: str, port: int) -> None:
        self._listener = await asyncio.start_server(self._accept, host, port, backlog=BACKLOG)
        self.host = host
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and drop what is still being answered."""
        if self._listener is None:
            return
        self._listener.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._listener.wait_closed()
        self._listener = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, self._router, self.calls, self.pace)
        task = asyncio.get_running_loop().create_task(connection.serve())
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)


async def start(
    host: str, port: int, *, pace: float = 1.0, keep_messages: bool = False
) -> DemoServer:
    """Listen on `port` (0: any free one) until `close()`."""
    server = DemoServer(pace=pace, keep_messages=keep_messages)
    await server.listen(host, port)
    return server
