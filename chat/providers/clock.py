"""The time limits of one answer, kept by a single loop timer that is re-armed only when it fires.

Heartbeats reset a socket's read timeout, so what counts as progress is told from outside: a
data frame, the finish. Time the caller spends holding the stream back counts for the hard
limit alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from chat.providers.values import Timeouts

Pace = Callable[[], Awaitable[None]]


class Stalled(Exception):
    """A limit passed while the socket had nothing to read."""


class Clock:
    """`wait` is where the stream waits; everything else only says what has happened."""

    def __init__(self, timeouts: Timeouts, *, whole: bool, pace: Pace | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._limits = timeouts
        self._pace = pace
        start = self._loop.time()
        first = timeouts.first_byte_whole if whole else timeouts.first_byte
        self.first_by = start + first
        self.hard_at = start + timeouts.hard
        # An answer in one piece may take as long between its bytes as before them.
        self._no_data = max(timeouts.no_data, first) if whole else timeouts.no_data
        self._idle = max(timeouts.idle, first) if whole else timeouts.idle
        self._data_at: float | None = None
        self._finish_at: float | None = None
        self._returned_at = start
        self._deadline = start
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._holder: asyncio.Task[object] | None = None
        self.pacing = False

    @property
    def heard(self) -> bool:
        """Whether any byte of the body has come."""
        return self._data_at is not None

    def got_bytes(self) -> None:
        self._returned_at = self._loop.time()
        if self._data_at is None:
            self._data_at = self._returned_at

    def got_data(self) -> None:
        self._data_at = self._loop.time()

    def got_finish(self) -> None:
        if self._finish_at is None:
            self._finish_at = self._loop.time()

    async def hold(self) -> None:
        """Let the caller's pace pass, and leave the time since the last read out of account."""
        if self._pace is not None and self.pacing:
            await self._hold_for(self._pace)
        now = self._loop.time()
        if now >= self.hard_at:
            raise Stalled
        away = now - self._returned_at
        if self._data_at is not None:
            self._data_at += away
        if self._finish_at is not None:
            self._finish_at += away
        self._returned_at = now

    async def _hold_for(self, pace: Pace) -> None:
        # What asyncio.timeout_at(hard_at) does, without a timer of its own for every read.
        holder = asyncio.current_task()
        assert holder is not None
        cancelled_before = holder.cancelling()
        self._holder = holder
        if self._timer is None:
            self._arm(self.hard_at)
        try:
            await pace()
        except asyncio.CancelledError:
            if self._holder is None and holder.uncancel() <= cancelled_before:
                raise Stalled from None
            raise
        finally:
            self._holder = None

    async def wait(self, waiter: asyncio.Future[None]) -> None:
        """Wait for the future, or raise Stalled when a limit passes first."""
        self._deadline = self._next_deadline()
        self._waiter = waiter
        if self._timer is None or self._timer.when() > self._deadline:
            self._arm(self._deadline)
        try:
            await waiter
        finally:
            self._waiter = None

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _next_deadline(self) -> float:
        if self._data_at is None:
            return min(self.first_by, self.hard_at)
        deadline = min(self._loop.time() + self._idle, self._data_at + self._no_data, self.hard_at)
        if self._finish_at is not None:
            deadline = min(deadline, self._finish_at + self._limits.grace)
        return deadline

    def _arm(self, when: float) -> None:
        self.stop()
        self._timer = self._loop.call_at(when, self._fire)

    def _fire(self) -> None:
        self._timer = None
        now = self._loop.time()
        if self._holder is not None:
            if now < self.hard_at:
                self._arm(self.hard_at)
            else:
                holder, self._holder = self._holder, None
                holder.cancel()
        elif self._waiter is not None and not self._waiter.done():
            if now < self._deadline:
                self._arm(self._deadline)
            else:
                self._waiter.set_exception(Stalled())
