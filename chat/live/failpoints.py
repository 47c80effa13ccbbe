"""Named places where tests make a node die, to see that nothing that was seen is lost."""

import os
import random
import signal

from django.conf import settings


def reach(name: str) -> None:
    """Does nothing unless CHATSITE_FAILPOINTS names the place; then one time in ten it kills."""
    if name in settings.FAILPOINTS and random.random() < 0.1:  # noqa: S311 - not a secret
        os.kill(os.getpid(), signal.SIGKILL)
