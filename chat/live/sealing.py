"""Links new rows of the ledger and of the audit log, and now and then says where they stand."""

import asyncio
import logging
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from chat import database
from chat.domain import chain, verifying
from chat.models.chain_link import Chain

logger = logging.getLogger(__name__)

# Seconds. A row that is removed before it is linked leaves no trace in its chain.
EVERY = 1.0
# Also without new rows: one may have been committed late.
AT_LEAST_EVERY = 60.0
ANCHOR_EVERY = 3600.0


async def run() -> None:
    sealer = Sealer()
    anchored = time.monotonic()
    while True:
        await asyncio.sleep(EVERY)
        try:
            await sealer.once()
            if time.monotonic() - anchored > ANCHOR_EVERY:
                anchored = time.monotonic()
                await database.read(anchor)
        except Exception:
            # The database is away, perhaps: the next round tries again.
            logger.exception("sealing failed")


class Sealer:
    """Remembers how far it came, so that a quiet second costs one small query per chain."""

    def __init__(self) -> None:
        self._newest: dict[Chain, int] = {}
        self._looked = time.monotonic()

    async def once(self) -> None:
        newest = await database.read(_newest)
        overdue = time.monotonic() - self._looked > AT_LEAST_EVERY
        if overdue or newest != self._newest:
            await database.write(_extend)
            self._newest, self._looked = newest, time.monotonic()


def _newest() -> dict[Chain, int]:
    return {one: chain.newest(one) for one in Chain}


def _extend() -> None:
    for one in Chain:
        while chain.extend(one):
            pass


def anchor() -> None:
    """To the log, and to LEDGER_ANCHOR_FILE where that is set: best on another machine."""
    lines = verifying.anchor_lines(timezone.now().isoformat(timespec="seconds"))
    for line in lines:
        logger.info("anchor %s", line)
    if settings.LEDGER_ANCHOR_FILE:
        with Path(settings.LEDGER_ANCHOR_FILE).open("a") as file:
            file.writelines(f"{line}\n" for line in lines)
