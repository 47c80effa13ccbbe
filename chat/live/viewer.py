"""One open socket, as the hub sees it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from chat.models.completion import Part
from chat.protocol import Frame

from .mailbox import Event, Mailbox, Overfull

logger = logging.getLogger(__name__)

# Close codes, beside the standard 1001 (has gone) and 1012 (come back soon).
GONE = 1001
SIGN_IN_AGAIN = 4001
TOO_SLOW = 4008
TOO_MANY = 4013
BAD_MESSAGES = 4400
RESTART = 1012

SECONDS_WITHOUT_ACKNOWLEDGEMENT = 30.0

# What concerns the person and not the conversation that was looked at.
PERSONAL = {"hello", "pong", "conversations.changed", "notices.changed"}

Send = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind a socket, and the version of rights that was looked up."""

    user_id: int
    session_key: str
    fingerprint: str
    language: str
    name: str = ""


class Look(NamedTuple):
    """What the HTML of an event depends on: it is made once for all who look the same way."""

    language: str
    can_write: bool
    is_author: bool = False


class Viewer:
    """Put in what is to be seen; `pump` sends it as fast as the browser takes it in."""

    def __init__(self, who: Who, send: Send, close: Close) -> None:
        self.who = who
        self.conversation_id: UUID | None = None
        # "owner", "editor" or "viewer" in that conversation; for what is shown. Every command
        # is looked up anew.
        self.role = ""
        self.company: tuple[object, ...] = ()
        self.mailbox = Mailbox()
        self.closing: int | None = None
        self._send = send
        self._close = close
        self._wake = asyncio.Event()
        self._full_since: float | None = None
        self._begun: set[tuple[int, Part]] = set()

    def watch(self, conversation_id: UUID | None, role: str = "") -> None:
        self.conversation_id = conversation_id
        self.role = role
        self.company = ()
        self._begun.clear()

    def look(self, author_id: int | None) -> Look:
        is_author = author_id is not None and author_id == self.who.user_id
        return Look(self.who.language, self.role != "viewer", is_author)

    def forget(self) -> None:
        """Nothing that waits about the conversation is sent any more."""
        self.mailbox.drop(lambda event: not _is_personal(event))

    def frame(self, reply_id: int, part: Part, frame: Frame) -> None:
        """A change of what this viewer has not seen yet is left out: the whole comes, with it."""
        if frame.keep and (reply_id, part) not in self._begun:
            return
        self._begun.add((reply_id, part))
        self.mailbox.put_frame(reply_id, part, frame)
        self._wake.set()

    def event(self, event: Event) -> None:
        try:
            self.mailbox.put_event(event)
        except Overfull:
            self.end(TOO_SLOW)
        self._wake.set()

    def acknowledge(self, count: int) -> None:
        self.mailbox.acknowledge(count)
        self._full_since = None
        self._wake.set()

    def end(self, code: int) -> None:
        """Closes the socket as soon as its pump gets to run."""
        self.closing = self.closing or code
        self._wake.set()

    def is_stuck(self) -> bool:
        """True when data waits and the browser has acknowledged nothing for long."""
        if self.mailbox.is_empty or self.mailbox.outstanding == 0:
            self._full_since = None
            return False
        now = time.monotonic()
        self._full_since = self._full_since or now
        return now - self._full_since > SECONDS_WITHOUT_ACKNOWLEDGEMENT

    async def pump(self) -> None:
        """Runs as long as the socket is open."""
        while self.closing is None:
            await self._wake.wait()
            self._wake.clear()
            await self._send_all()
        await self._close(self.closing)

    async def _send_all(self) -> None:
        while self.closing is None:
            text = self.mailbox.take()
            if text is None:
                return
            await self._send(text)


def _is_personal(event: Event) -> bool:
    kind = str(event["type"])
    return kind in PERSONAL or kind.startswith("command.")
