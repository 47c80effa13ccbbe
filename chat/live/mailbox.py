"""What one viewer has not been sent yet: at most one frame per part of a reply, a few events."""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from chat.models.completion import Part
from chat.protocol import Frame, merge, split

WINDOW = 262_144
FRAME_CHARACTERS = 49_152
MOST_EVENTS = 200

Event = dict[str, Any]


class Overfull(Exception):
    """This viewer takes nothing in any more; it is to come back and start from the database."""


class Mailbox:
    """In order of first arrival: a frame merges into the one that waits for the same part.

    The browser acknowledges what it took in; `take` gives nothing while WINDOW bytes are on
    their way, because the server's own send buffer has no end.
    """

    def __init__(self) -> None:
        self._waiting: OrderedDict[Hashable, Frame | Event] = OrderedDict()
        self._events = 0
        self.sent = 0
        self.acknowledged = 0

    def put_frame(self, reply_id: int, part: Part, frame: Frame) -> None:
        key = (reply_id, part)
        waiting = self._waiting.get(key)
        self._waiting[key] = merge(waiting, frame) if isinstance(waiting, Frame) else frame

    def put_event(self, event: Event) -> None:
        """Raises Overfull."""
        self._events += 1
        if len(self._waiting) > MOST_EVENTS:
            raise Overfull
        self._waiting[self._events] = event

    def drop(self, unwanted: Callable[[Event], bool]) -> None:
        """Forgets all frames that wait, and the events that are unwanted."""
        kept = [
            (key, item)
            for key, item in self._waiting.items()
            if not isinstance(item, Frame) and not unwanted(item)
        ]
        self._waiting = OrderedDict(kept)

    def acknowledge(self, count: int) -> None:
        """`count` is the number of bytes since the socket opened."""
        self.acknowledged = max(self.acknowledged, min(count, self.sent))

    @property
    def outstanding(self) -> int:
        """Bytes sent and not acknowledged."""
        return self.sent - self.acknowledged

    @property
    def is_empty(self) -> bool:
        return not self._waiting

    def take(self) -> str | None:
        """The next message, or None: nothing waits, or the window is full."""
        if not self._waiting or self.outstanding >= WINDOW:
            return None
        key, item = self._waiting.popitem(last=False)
        if isinstance(item, Frame):
            item = self._head(key, item)
        return self._counted(item)

    def _head(self, key: Hashable, frame: Frame) -> Event:
        head, rest = split(frame, FRAME_CHARACTERS)
        if rest is not None:
            self._waiting[key] = rest
            self._waiting.move_to_end(key, last=False)
        assert isinstance(key, tuple)
        reply_id, part = key
        return {
            "type": "reply.advanced",
            "reply": reply_id,
            "part": part.name.lower(),
            "seq": head.seq,
            "keep": head.keep,
            "blocks": head.blocks,
        }

    def _counted(self, event: Event) -> str:
        """With `at`: the count of bytes up to and including this message, for the answer."""
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        self.sent += len(text.encode()) + 16
        return f'{text[:-1]},"at":{self.sent}}}'
