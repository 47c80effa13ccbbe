"""Keeps the house while the server runs: now and then it looks what has become due."""

import asyncio
import logging
import random

from chat import database, providers
from chat.domain import housekeeping

logger = logging.getLogger(__name__)

# Seconds. What is due is due once a day; nodes that start together do not ask together.
EVERY = 900.0


async def run() -> None:
    while True:
        await asyncio.sleep(EVERY * random.uniform(0.8, 1.2))  # noqa: S311 - not a secret
        try:
            await once()
        except Exception:
            # The database is away, perhaps: the next round tries again.
            logger.exception("housekeeping failed")


async def once() -> None:
    while await database.write(housekeeping.purge):
        pass  # batch by batch: what others want to write comes in between
    due, problems = await database.write(housekeeping.claim)
    for sentence in problems:
        logger.warning("%s", sentence)
    for one in due:
        async with providers.Client() as client:
            answer = await providers.list_models(client, one.endpoint)
        told = await database.write(housekeeping.keep, one, answer)
        failed = isinstance(answer, providers.ProviderError)
        logger.log(logging.WARNING if failed else logging.INFO, "%s", told)
