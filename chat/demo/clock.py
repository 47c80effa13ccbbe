"""Waiting at a pace, by due times, so that many small waits do not drift."""

import asyncio

# A stream that fell further behind (a client that does not read) starts afresh.
LATE_SECONDS = 1.0


class Clock:
    def __init__(self, pace: float, *, exact: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._factor = 1.0 if exact else pace
        self._due = self._loop.time()

    async def wait(self, seconds: float) -> None:
        """Let `seconds` at human pace pass; even a wait of 0 gives way to other tasks."""
        now = self._loop.time()
        self._due = max(self._due + seconds * self._factor, now - LATE_SECONDS)
        await asyncio.sleep(max(0.0, self._due - now))
