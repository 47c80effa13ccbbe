"""Sends mails about budgets, in a thread of its own: a mail server may be slow."""

import asyncio
import logging

from django.core.mail import EmailMessage

from chat import database
from chat.domain import budget_alerts

logger = logging.getLogger(__name__)

# Seconds.
EVERY = 30.0


async def run() -> None:
    while True:
        await asyncio.sleep(EVERY)
        try:
            await once()
        except Exception:
            # The database is away, perhaps: the next round tries again.
            logger.exception("alerts failed")


async def once() -> None:
    for message in await database.write(budget_alerts.due):
        await asyncio.to_thread(_send, message)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError as error:
        # The budget page shows it in any case.
        logger.warning("a mail about a budget could not be sent: %s", error)
