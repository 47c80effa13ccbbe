"""What comes before the first request, whichever server is going to answer it."""

import logging
import os

from django.conf import settings

from chat import demo
from chat.domain import doctor
from chat.live import node

logger = logging.getLogger(__name__)


def refusals() -> list[str]:
    """What is wrong with the set-up; empty: what the last end interrupted is taken over."""
    if complaints := doctor.complaints():
        return complaints
    if taken := node.take_over_at_start():
        logger.info("%d answers were interrupted by the last end of the server", taken)
    return []


async def begin() -> None:
    """This process becomes a node; the demonstration provider runs beside it, where wanted."""
    node.current()
    if not settings.DEMO:
        return
    try:
        await demo.start("127.0.0.1", settings.DEMO_PORT)
    except OSError as error:
        logger.warning(
            "The demonstration provider is not there: port %d: %s. "
            "Set CHATSITE_DEMO_PORT, or CHATSITE_DEMO=0.",
            settings.DEMO_PORT,
            os.strerror(error.errno or 0),
        )
