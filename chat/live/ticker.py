"""One tick for all running replies of a node: store in one transaction, then show."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from uuid import UUID

from chat import database
from chat.domain import progress
from chat.domain.runs import Piece
from chat.models.completion import State

from . import failpoints
from .hub import Chunks, Hub
from .running import Running

logger = logging.getLogger(__name__)

# Seconds. A node with little to do stores at once and then every 40 ms; with more replies the
# ticks are further apart, so that the cost of commits and frames stays flat.
INTERVAL = 0.04
INTERVAL_PER_REPLY = 0.0005
LONGEST_INTERVAL = 0.2
RENEW_AFTER = 5.0
RETRY_AFTER = 0.5
GIVE_UP_AFTER = 45.0
READ_TURNS = 4


class Ticker:
    """`ring` asks for a tick: at once when the node was idle, else at the next interval."""

    def __init__(self, hub: Hub, running: Callable[[], list[Running]]) -> None:
        self._hub = hub
        self._running = running
        self._bell = asyncio.Event()
        self._failing_since: float | None = None
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def quiet(self) -> None:
        """Returns when no tick is under way: what it took is stored and shown, or kept."""
        await self._quiet.wait()

    def ring(self) -> None:
        self._bell.set()

    async def run(self) -> None:
        while True:
            await self._rung()
            started = time.monotonic()
            self._quiet.clear()
            try:
                await _read_once_more(self._running())
                replies = self._running()
                stored = await self._tick(replies)
            finally:
                self._quiet.set()
            interval = min(INTERVAL + INTERVAL_PER_REPLY * len(replies), LONGEST_INTERVAL)
            spent = time.monotonic() - started
            await asyncio.sleep(max(interval - spent, 0) if stored else RETRY_AFTER)

    async def _rung(self) -> None:
        """Also comes by itself while replies run: their leases are to be renewed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), RENEW_AFTER / 2)
        self._bell.clear()

    async def _tick(self, replies: list[Running]) -> bool:
        """False when the database did not take it; nothing was shown then."""
        now = time.monotonic()
        taken = {running.owner.completion_id: list(running.take()) for running in replies}
        due = [running for running in replies if now - running.renewed_at > RENEW_AFTER]
        pieces = [piece for pieces in taken.values() for piece in pieces]
        if not pieces and not due:
            return True
        try:
            lost = await database.write(progress.store, pieces, [run.owner for run in due])
        except Exception as error:  # noqa: BLE001 - whatever it is: nothing is lost, try again
            self._note_failure(replies, error)
            return False
        self._failing_since = None
        for running in due:
            running.renewed_at = now
        failpoints.reach("after-commit")
        try:
            await self._show(replies, taken, lost)
        except Exception:
            # It is stored; who looks gets it from the database at the end.
            logger.exception("stored text could not be shown")
        failpoints.reach("after-publish")
        return True

    async def _show(
        self, replies: list[Running], taken: dict[UUID, list[Piece]], lost: set[UUID]
    ) -> None:
        grown: dict[int, tuple[UUID, Chunks]] = {}
        for running in replies:
            if running.owner.completion_id in lost:
                running.cut(State.INTERRUPTED)
                continue
            pieces = taken[running.owner.completion_id]
            running.stored(pieces)
            for reply_id, chunks in chunks_by_reply(pieces).items():
                grown[reply_id] = (running.conversation_id, chunks)
        await self._hub.advance(grown)

    def _note_failure(self, replies: list[Running], error: Exception) -> None:
        """Nothing is shown that is not stored; reading stops by itself; after a while it ends."""
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
            logger.error("the database does not take text; trying again", exc_info=error)
            for running in replies:
                self._hub.publish(running.conversation_id, {"type": "node.saving"})
        elif now - self._failing_since > GIVE_UP_AFTER:
            for running in replies:
                running.cut(State.FAILED, "storage")
        self.ring()


async def _read_once_more(replies: list[Running]) -> None:
    """Lets every reply take what its provider has sent since the last tick.

    A read needs a few turns of the event loop, and none where nothing has come.
    """
    for running in replies:
        running.release()
    for _ in range(READ_TURNS):
        await asyncio.sleep(0)


def chunks_by_reply(pieces: list[Piece]) -> dict[int, Chunks]:
    grouped: dict[int, Chunks] = {}
    for piece in pieces:
        grouped.setdefault(piece.reply_id, []).append((piece.seq, piece.part, piece.text))
    return grouped
