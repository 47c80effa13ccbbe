"""One TCP connection: h11 reads requests, the router answers, frames go out at their pace."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Coroutine
from typing import Any

import h11

from chat.demo.calls import Call
from chat.demo.clock import Clock
from chat.demo.exchange import Ending, Request, Response, whole
from chat.demo.router import Router

MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_HEADER_BYTES = 64 * 1024
READ_BYTES = 64 * 1024
# How long a connection may idle, or take over one request.
REQUEST_SECONDS = 75.0
# How long a stalled answer is held open, and a refused upload still read.
STALL_SECONDS = 900.0
LINGER_SECONDS = 2.0


class BodyTooLarge(Exception):
    """The request's body is larger than this server reads."""


class ClientGone(Exception):
    """The client closed its side."""


class Connection:
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        router: Router,
        calls: deque[Call],
        pace: float,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._router = router
        self._calls = calls
        self._pace = pace
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEADER_BYTES)

    async def serve(self) -> None:
        """Answer requests until the client, an error or a special prompt ends it."""
        try:
            while await self._serve_one():
                self._http.start_next_cycle()
        except (ClientGone, ConnectionError, TimeoutError, h11.LocalProtocolError):
            pass
        except h11.RemoteProtocolError as error:
            await self._refuse(error.error_status_hint)
        except BodyTooLarge:
            await self._refuse(413)
        except asyncio.CancelledError:
            self._writer.transport.abort()
            raise
        finally:
            self._writer.close()

    async def _serve_one(self) -> bool:
        async with asyncio.timeout(REQUEST_SECONDS):
            request = await self._read_request()
        call = Call(request.method, request.path)
        self._calls.append(call)
        try:
            response = self._router.answer(request, call)
            call.status = response.status
            await self._while_connected(self._send(response, call))
        except (ClientGone, ConnectionError, asyncio.CancelledError):
            call.end("closed")
            raise
        except Exception:
            call.end("error")
            raise
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    # Reading

    async def _read_request(self) -> Request:
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            raise ClientGone
        body = bytearray()
        while not isinstance(event := await self._next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Data):
                body += event.data
            if len(body) > MAX_BODY_BYTES:
                raise BodyTooLarge
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in head.headers.raw_items()
        )
        path = head.target.decode("latin-1").partition("?")[0]
        return Request(head.method.decode("ascii"), path, headers, bytes(body))

    async def _next_event(self) -> h11.Event:
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Event):
                if isinstance(event, h11.ConnectionClosed):
                    raise ClientGone
                return event
            if self._http.they_are_waiting_for_100_continue:
                self._put(h11.InformationalResponse(status_code=100, headers=[]))
            self._http.receive_data(await self._reader.read(READ_BYTES))

    async def _while_connected(self, sending: Coroutine[Any, Any, None]) -> None:
        """Run `sending`, but end it at once when the client hangs up."""
        sender = asyncio.ensure_future(sending)
        watcher = asyncio.ensure_future(self._watch())
        try:
            await asyncio.wait({sender, watcher}, return_when=asyncio.FIRST_COMPLETED)
            if not sender.done():
                raise ClientGone
            await sender
        finally:
            for task in (sender, watcher):
                task.cancel()
            await asyncio.gather(sender, watcher, return_exceptions=True)

    async def _watch(self) -> None:
        """Return when the client is gone or sends more than this server keeps for later."""
        early = 0
        with contextlib.suppress(ConnectionError):
            while early <= MAX_HEADER_BYTES and (data := await self._reader.read(READ_BYTES)):
                early += len(data)
                self._http.receive_data(data)

    # Writing

    async def _send(self, response: Response, call: Call | None = None) -> None:
        clock = Clock(self._pace, exact=response.exact)
        await clock.wait(response.wait)
        self._put(_head(response))
        for frame in response.frames:
            await clock.wait(frame.wait)
            await self._writer.drain()
            self._put(h11.Data(data=frame.data))
        if response.ending is Ending.SILENT:
            await asyncio.sleep(STALL_SECONDS)
        if response.ending is Ending.CLEAN:
            self._put(h11.EndOfMessage())
        # Recorded before anybody can have read the last byte.
        if call:
            call.end("error" if response.failed else "completed")
        await self._writer.drain()

    def _put(self, event: h11.Event) -> None:
        if data := self._http.send(event):
            self._writer.write(data)

    async def _refuse(self, status: int) -> None:
        """Answer a request that cannot be read, where the protocol still allows it."""
        if self._http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return
        reason = "Request Entity Too Large" if status == 413 else "Bad Request"
        with contextlib.suppress(ConnectionError, TimeoutError):
            await self._send(whole(status, {"error": reason}, headers={"Connection": "close"}))
            self._writer.write_eof()
            # Closing with unread bytes would reset the connection before the answer is read.
            async with asyncio.timeout(LINGER_SECONDS):
                while await self._reader.read(READ_BYTES):
                    pass


def _head(response: Response) -> h11.Response:
    headers = [("Content-Type", response.content_type), ("Cache-Control", "no-cache")]
    headers += response.headers.items()
    if response.length is not None:
        headers.append(("Content-Length", str(response.length)))
    return h11.Response(status_code=response.status, headers=headers)
