"""One completion: calls the provider, retries what may be retried, and yields the events.

`complete` raises for nothing that the network or a provider does. Cancelling the task that
consumes it closes the socket.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx

from chat.providers.addresses import completions_url
from chat.providers.attempt import Attempt
from chat.providers.client import Client
from chat.providers.clock import Pace
from chat.providers.events import (
    Completed,
    ErrorCategory,
    Event,
    ProviderError,
    Usage,
    UsageReported,
)
from chat.providers.failure import Failure, provider_error
from chat.providers.kinds import adapter_for
from chat.providers.trouble import SETUP_ERRORS, failure_of_setup
from chat.providers.usage import added
from chat.providers.values import Endpoint, Prompt

STREAM_OPTIONS_REFUSED = "stream_options_refused"

_REPEATS = {
    ErrorCategory.RATE_LIMITED: 2,
    ErrorCategory.CONNECT_FAILED: 2,
    ErrorCategory.UPSTREAM_TIMEOUT: 1,
    ErrorCategory.UPSTREAM_ERROR: 1,
    ErrorCategory.EMPTY_RESPONSE: 1,
}
_LONGEST_PAUSE = 30.0
_jitter = random.SystemRandom()


async def complete(
    client: Client, endpoint: Endpoint, prompt: Prompt, *, pace: Pace | None = None
) -> AsyncGenerator[Event, None]:
    """Events, the last of them terminal. `pace` is awaited before reads after the first delta."""
    call = _Call(client, endpoint, prompt, pace)
    try:
        while True:
            attempt = await call.attempt()
            while events := await attempt.read():
                for event in events:
                    yield call.with_earlier(event)
            pause = call.pause_after(attempt)
            if pause is None:
                break
            call.spent(attempt)
            await attempt.close()
            await asyncio.sleep(pause)
        yield call.terminal(attempt)
    finally:
        await call.close()


class _Call:
    def __init__(
        self, client: Client, endpoint: Endpoint, prompt: Prompt, pace: Pace | None
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._prompt = prompt
        self._pace = pace
        self._include_usage = endpoint.include_usage
        self._warnings: frozenset[str] = frozenset()
        self._repeats = 0
        self._attempt: Attempt | None = None
        # Failed attempts that are not shown may have been charged for nevertheless.
        self._earlier: Usage | None = None

    async def attempt(self) -> Attempt:
        """The next attempt, its head read; a refused wish for usage is given up at once."""
        while True:
            self._attempt = attempt = Attempt(self._client, self._endpoint, self._pace)
            try:
                request, whole = self._request()
            except SETUP_ERRORS as exc:
                attempt.outcome = failure_of_setup(exc)
                return attempt
            await attempt.open(request, whole=whole)
            if not (b"stream_options" in request.content and attempt.refuses("stream_options")):
                return attempt
            await attempt.close()
            self._include_usage = False
            self._warnings = frozenset((STREAM_OPTIONS_REFUSED,))

    def pause_after(self, attempt: Attempt) -> float | None:
        """How long to wait before trying again; None when there is no trying again."""
        failure = attempt.outcome
        if not isinstance(failure, Failure) or attempt.delivered:
            return None
        allowed = min(_REPEATS.get(failure.category, 0), failure.max_repeats)
        if self._repeats >= min(allowed, self._endpoint.max_retries):
            return None
        backoff: float = min(8.0, 0.5 * 2**self._repeats * (1 + _jitter.random()))
        self._repeats += 1
        asked = failure.retry_after
        if asked is None:
            return backoff
        return asked + 0.1 * backoff if asked <= _LONGEST_PAUSE else None

    def spent(self, attempt: Attempt) -> None:
        """It is given up for another one."""
        self._earlier = added(attempt.usage, self._earlier)

    def with_earlier(self, event: Event) -> Event:
        if isinstance(event, UsageReported):
            return replace(event, usage=added(event.usage, self._earlier))
        return event

    def terminal(self, attempt: Attempt) -> Completed | ProviderError:
        outcome = attempt.outcome
        if isinstance(outcome, Completed):
            # Where the answer itself is not reported, what came before is not the whole.
            usage = added(outcome.usage, self._earlier) if outcome.usage else None
            return replace(outcome, usage=usage, warnings=outcome.warnings | self._warnings)
        error = provider_error(
            outcome or Failure(ErrorCategory.BAD_RESPONSE, "stream"),
            self._endpoint,
            status=attempt.status,
            partial=attempt.delivered,
            usage=added(attempt.usage, self._earlier),
        )
        return replace(error, warnings=self._warnings)

    async def close(self) -> None:
        if self._attempt is not None:
            await self._attempt.close()

    def _request(self) -> tuple[httpx.Request, bool]:
        endpoint, prompt = self._endpoint, self._prompt
        adapter = adapter_for(endpoint.kind)
        body = adapter.body(prompt, endpoint)
        body |= adapter.requested_usage(body, include_usage=self._include_usage)
        request = httpx.Request(
            "POST",
            completions_url(endpoint, adapter),
            headers={**adapter.headers(endpoint), "Content-Type": "application/json"},
            content=json.dumps(body, ensure_ascii=False, allow_nan=False).encode(),
        )
        return request, not body["stream"]
