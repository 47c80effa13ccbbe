"""One request to a provider and the reading of its answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx

from chat.providers.answer import AnswerReader, Loss
from chat.providers.body import BROKEN_BODY_ERRORS, Body, UnreadableBody
from chat.providers.client import Client
from chat.providers.clock import Clock, Pace, Stalled
from chat.providers.events import Completed, ErrorCategory, Event, Usage
from chat.providers.failure import Failure
from chat.providers.guard import guard_of
from chat.providers.retry_after import retry_after
from chat.providers.trouble import (
    NETWORK_ERRORS,
    failure_of_network,
    failure_of_status,
)
from chat.providers.values import Endpoint

_MAX_ERROR_BYTES = 64 * 1024
_ERROR_BODY_SECONDS = 5.0
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "apim-request-id")


class Attempt:
    """`read` gives batches of events until there are no more; then `outcome` is set."""

    def __init__(self, client: Client, endpoint: Endpoint, pace: Pace | None) -> None:
        self.outcome: Completed | Failure | None = None
        self.status: int | None = None
        self._client = client
        self._endpoint = endpoint
        self._pace = pace
        self._response: httpx.Response | None = None
        self._body: Body | None = None
        self._reader: AnswerReader | None = None
        self._error_body = b""

    @property
    def delivered(self) -> bool:
        return self._reader is not None and self._reader.delivered

    @property
    def usage(self) -> Usage | None:
        return self._reader.usage if self._reader is not None else None

    def refuses(self, field: str) -> bool:
        """Whether the provider rejected the request because of this field."""
        return self.status in (400, 422) and field.encode() in self._error_body

    async def open(self, request: httpx.Request, *, whole: bool) -> None:
        """Send, and read the head of the answer, or all of an error."""
        limits = self._endpoint.timeouts
        clock = Clock(limits, whole=whole, pace=self._pace)
        seconds = limits.first_byte_whole if whole else limits.first_byte
        try:
            async with asyncio.timeout(min(seconds, limits.hard)):
                self._response = response = await self._client.send(
                    request, guard_of(self._endpoint), connect=limits.connect, read=seconds
                )
            self.status = response.status_code
            self._body = Body(response)
        except NETWORK_ERRORS as exc:
            self.outcome = failure_of_network(exc)
        except UnreadableBody as exc:
            self.outcome = self._unreadable(str(exc))
        else:
            await self._begin(response, self._body, clock)

    async def read(self) -> list[Event]:
        """The events of the next read that brought any; none when the attempt is over."""
        reader, body = self._reader, self._body
        if reader is None or body is None:
            return []
        while True:
            if reader.outcome is None:
                await self._feed(reader, body)
            if events := reader.take():
                return events
            if reader.outcome is not None:
                self.outcome = self._with_retry_after(reader.outcome)
                return []

    async def close(self) -> None:
        """Give the connection back if its body is over, else close the socket."""
        response, self._response = self._response, None
        if self._body is not None and response is not None:
            await self._body.release()
        elif response is not None:
            await response.aclose()

    def _unreadable(self, detail: str) -> Failure:
        """Of an error the status and the head still tell what it is."""
        response = self._response
        if response is None or 200 <= response.status_code < 300:
            return Failure(ErrorCategory.BAD_RESPONSE, "headers", detail)
        return failure_of_status(response.status_code, response.headers, b"")

    async def _begin(self, response: httpx.Response, body: Body, clock: Clock) -> None:
        if not 200 <= response.status_code < 300:
            self._error_body = await body.read_some(_MAX_ERROR_BYTES, _ERROR_BODY_SECONDS)
            self.outcome = failure_of_status(
                response.status_code, response.headers, self._error_body
            )
            return
        body.stream.clock = clock
        content_type = str(response.headers.get("content-type", ""))
        self._reader = AnswerReader(
            max_reply_bytes=self._endpoint.max_reply_bytes,
            is_html="text/html" in content_type.lower(),
            request_id=_request_id(response),
        )

    async def _feed(self, reader: AnswerReader, body: Body) -> None:
        clock = body.stream.clock
        if clock is not None:
            clock.pacing = reader.delivered
        progress = reader.progress
        try:
            data = await body.read()
        except Stalled:
            if clock is not None and not clock.heard:
                reader.outcome = failure_of_network(TimeoutError())
            else:
                reader.end(Loss.STALLED)
        except UnreadableBody as exc:
            reader.refuse(str(exc))
        except BROKEN_BODY_ERRORS:
            reader.end(Loss.BROKEN)
        else:
            reader.feed(data) if data else reader.end(Loss.EOF)
            if clock is not None and reader.progress != progress:
                clock.got_data()
            if clock is not None and reader.finished:
                clock.got_finish()

    def _with_retry_after(self, outcome: Completed | Failure) -> Completed | Failure:
        if isinstance(outcome, Completed) or self._response is None:
            return outcome
        return replace(outcome, retry_after=retry_after(self._response.headers))


def _request_id(response: httpx.Response) -> str | None:
    for name in _REQUEST_ID_HEADERS:
        if value := response.headers.get(name):
            return str(value)[:200]
    return None
