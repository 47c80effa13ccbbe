"""Who is here now: tells those who look at a conversation who else does."""

import asyncio
from collections.abc import Iterable, Mapping
from uuid import UUID

from .mailbox import Event
from .viewer import Viewer

# Seconds. A page that is loaded anew leaves and comes at once, which nobody is told.
PAUSE = 0.3
# The page shows five and a number; with more than these it only counts.
MOST_NAMES = 20
TONES = 6


class Presence:
    """Only who may look is among the viewers, so only they are named, and only to each other."""

    def __init__(self, viewers: Mapping[UUID, Iterable[Viewer]]) -> None:
        self._viewers = viewers
        self._changed: set[UUID] = set()
        self._wake = asyncio.Event()

    def changed(self, conversation_id: UUID) -> None:
        """Somebody came or went: told after a pause, once for all who did."""
        self._changed.add(conversation_id)
        self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(PAUSE)
            self._wake.clear()
            changed, self._changed = self._changed, set()
            for conversation_id in changed:
                self._tell(conversation_id)

    def _tell(self, conversation_id: UUID) -> None:
        viewers = tuple(self._viewers.get(conversation_id, ()))
        names = {viewer.who.user_id: viewer.who.name for viewer in viewers}
        here = sorted(names.items(), key=lambda person: (person[1].casefold(), person[0]))
        first = here[: MOST_NAMES + 1]
        for viewer in viewers:
            others = [one for one in first if one[0] != viewer.who.user_id][:MOST_NAMES]
            more = len(here) - 1 - len(others)
            company = (*others, more)
            if company != (viewer.company or (0,)):
                viewer.company = company
                viewer.event(_event(conversation_id, others, more))


def _event(conversation_id: UUID, others: list[tuple[int, str]], more: int) -> Event:
    people = [
        {"id": user_id, "name": name, "initials": initials(name), "tone": user_id % TONES}
        for user_id, name in others
    ]
    return {
        "type": "people.changed",
        "conversation": str(conversation_id),
        "people": people,
        "more": more,
    }


def initials(name: str) -> str:
    """Of the first and the last word of a name, or of an email address."""
    words = name.split("@", maxsplit=1)[0].replace(".", " ").split()
    letters = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in letters).upper()
