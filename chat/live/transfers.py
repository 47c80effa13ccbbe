"""Works on exports and imports, one at a time, in steps that leave room for everything else."""

import asyncio
import logging

from chat import database
from chat.domain.transfer import jobs
from chat.domain.transfer.exporting import Export
from chat.domain.transfer.importing import Import
from chat.domain.transfer.words import BadFile
from chat.models import Transfer
from chat.models.transfer import TransferKind, TransferState

from .hub import Hub

logger = logging.getLogger(__name__)

# Seconds.
EVERY = 1.0


class Transfers:
    def __init__(self, node_id: str, hub: Hub) -> None:
        self._node_id = node_id
        self._hub = hub

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                while await self.once():
                    pass
            except Exception:
                # The database is away, perhaps: the next round tries again.
                logger.exception("a transfer failed")

    async def once(self) -> bool:
        """Does the oldest that waits, to its end; False: none waits."""
        row = await database.write(jobs.claim, self._node_id)
        if row is None:
            return False
        work = None
        try:
            work = await database.read(_opened, row)
            if await self._steps(work):
                await database.write(work.finish)
                self._hub.publish_to_user(row.user_id, {"type": "conversations.changed"})
            else:
                await database.write(work.give_up)
        except BadFile as bad:
            await self._fail(row, work, bad.words)
        except Exception:
            logger.exception("the transfer %s failed", row.id)
            await self._fail(row, work, "")
        return True

    async def _steps(self, work: Export | Import) -> bool:
        """False: somebody has cancelled it, or another node has it."""
        while await database.read(work.read):
            if not await database.write(work.write):
                return False
        return True

    async def _fail(self, row: Transfer, work: Export | Import | None, words: object) -> None:
        if work is not None:
            await database.write(work.give_up)
        await database.write(jobs.end, row, TransferState.FAILED, {"words": str(words)})


def _opened(row: Transfer) -> Export | Import:
    return Export(row) if row.kind == TransferKind.EXPORT else Import(row)
