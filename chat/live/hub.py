"""Fans committed text and events out to the sockets of this node, in memory."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID
from weakref import WeakValueDictionary

from chat import database
from chat.domain import progress
from chat.domain.progress import Stored
from chat.models.completion import Part
from chat.protocol import Frame

from .document import Hole, LiveReply
from .mailbox import Event
from .presence import Presence
from .viewer import Look, Viewer

logger = logging.getLogger(__name__)

Chunks = list[tuple[int, Part, str]]
Frames = dict[Part, Frame]


class Hub:
    """`replies` holds a rendered document for each running reply that somebody looks at.

    While one is being made, what is committed meanwhile waits in `_missed`, and the reply's end
    waits for its lock: who joins at the very end would be left with half of the text.
    """

    def __init__(self) -> None:
        self.viewers: dict[UUID, set[Viewer]] = {}
        self.everyone: set[Viewer] = set()
        self.replies: dict[int, LiveReply] = {}
        self.presence = Presence(self.viewers)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._missed: dict[int, Chunks] = {}

    def join(self, viewer: Viewer, conversation_id: UUID, role: str) -> None:
        """From now on the viewer gets what happens in the conversation, and only in that.

        Not where its socket has closed while the command that leads here was done.
        """
        self.leave(viewer)
        if viewer.closing is not None:
            return
        viewer.watch(conversation_id, role)
        self.viewers.setdefault(conversation_id, set()).add(viewer)
        self.presence.changed(conversation_id)

    def leave(self, viewer: Viewer) -> None:
        conversation_id = viewer.conversation_id
        viewer.watch(None)
        if conversation_id is None:
            return
        watching = self.viewers.get(conversation_id, set())
        watching.discard(viewer)
        if not watching:
            self.viewers.pop(conversation_id, None)
        self.presence.changed(conversation_id)

    def watched(self, conversation_id: UUID) -> bool:
        return conversation_id in self.viewers

    async def show(self, viewer: Viewer, reply_id: int) -> None:
        """The first frames of a running reply: keep nothing, here is all that is stored."""
        conversation_id = viewer.conversation_id
        live = await self._live(reply_id, viewer.who.language)
        frames = await database.render(live.snapshot)
        if viewer.conversation_id != conversation_id:
            return
        for part, frame in frames.items():
            viewer.frame(reply_id, part, frame)

    async def begin(self, conversation_id: UUID, reply_id: int, begun: str | None) -> None:
        """A reply that all viewers see from its beginning; None: some of it is stored already."""
        if not self.watched(conversation_id):
            return
        stored = None if begun is None else Stored(begun)
        async with self._lock(reply_id):
            live = await self._make(reply_id, self._language(conversation_id), stored)
        if begun is None or live.seq:
            self._deliver(conversation_id, reply_id, await database.render(live.snapshot))

    async def advance(self, grown: Mapping[int, tuple[UUID, Chunks]]) -> None:
        """Renders committed chunks and hands the frames to all who look: one hop for all."""
        watched = {}
        for reply_id, (conversation_id, chunks) in grown.items():
            if reply_id in self._missed:
                self._missed[reply_id] += chunks
            elif self.watched(conversation_id) and reply_id in self.replies:
                watched[reply_id] = chunks
        if not watched:
            return
        rendered, holes = await database.render(self._render, watched)
        for reply_id, frames in rendered.items():
            self._deliver(grown[reply_id][0], reply_id, frames)
        for reply_id in holes:
            await self._repair(grown[reply_id][0], reply_id)

    def _render(self, watched: Mapping[int, Chunks]) -> tuple[dict[int, Frames], list[int]]:
        rendered: dict[int, Frames] = {}
        holes: list[int] = []
        for reply_id, chunks in watched.items():
            if (live := self.replies.get(reply_id)) is None:
                continue
            try:
                rendered[reply_id] = live.advance(chunks)
            except Hole:
                holes.append(reply_id)
            except BaseException:
                logger.exception("reply %d could not be rendered", reply_id)
                self.replies.pop(reply_id, None)
        return rendered, holes

    async def settle(self, conversation_id: UUID, reply_id: int, last: Chunks) -> None:
        """The last chunks and the final look of a reply that has ended."""
        if last:
            await self.advance({reply_id: (conversation_id, last)})
        async with self._lock(reply_id):
            live = self.replies.pop(reply_id, None)
            if live is not None and self.watched(conversation_id):
                self._deliver(conversation_id, reply_id, await database.render(live.settle))

    async def read_anew(self, conversation_id: UUID, reply_id: int) -> None:
        """It has ended, and this process does not know with which text."""
        self.replies.pop(reply_id, None)
        if self.watched(conversation_id):
            await self._repair(conversation_id, reply_id)

    def _lock(self, reply_id: int) -> asyncio.Lock:
        return self._locks.setdefault(reply_id, asyncio.Lock())

    async def _live(self, reply_id: int, language: str) -> LiveReply:
        async with self._lock(reply_id):
            return self.replies.get(reply_id) or await self._make(reply_id, language)

    async def _make(self, reply_id: int, language: str, stored: Stored | None = None) -> LiveReply:
        """From `stored`, or else from the database. Under the reply's lock."""
        missed = self._missed[reply_id] = []
        try:
            if stored is None:
                stored = await database.read(progress.stored_text, reply_id)
            live = await database.render(LiveReply.from_stored, reply_id, stored, language)
            while missed:
                chunks, missed[:] = missed[:], []
                await database.render(live.advance, chunks)
        finally:
            del self._missed[reply_id]
        if not live.is_whole:
            self.replies[reply_id] = live
        return live

    async def _repair(self, conversation_id: UUID, reply_id: int) -> None:
        """Something was missed: the database is read again, all viewers start anew from it."""
        async with self._lock(reply_id):
            live = await self._make(reply_id, self._language(conversation_id))
        self._deliver(conversation_id, reply_id, await database.render(live.snapshot))

    def _deliver(self, conversation_id: UUID, reply_id: int, frames: Frames) -> None:
        for viewer in self.viewers.get(conversation_id, ()):
            for part, frame in frames.items():
                viewer.frame(reply_id, part, frame)

    def forget_unwatched(self, conversations: Mapping[int, UUID]) -> None:
        """Frees the documents that nobody looks at any more; `conversations` by reply."""
        for reply_id in list(self.replies):
            conversation_id = conversations.get(reply_id)
            if conversation_id is None or not self.watched(conversation_id):
                self.replies.pop(reply_id, None)

    def publish(self, conversation_id: UUID, event: Event) -> None:
        for viewer in tuple(self.viewers.get(conversation_id, ())):
            viewer.event(event)

    def publish_in_looks(
        self, conversation_id: UUID, events: Mapping[Look, Event], author_id: int | None = None
    ) -> None:
        """The same event as each viewer may see it.

        Who came, or got another role, after the events were made, reads it from the database.
        """
        for viewer in tuple(self.viewers.get(conversation_id, ())):
            if event := events.get(viewer.look(author_id)):
                viewer.event(event)

    def looks(self, conversation_id: UUID, author_id: int | None = None) -> set[Look]:
        """In how many ways an event is seen; `author_id` is who wrote what it brings."""
        return {viewer.look(author_id) for viewer in self.viewers.get(conversation_id, ())}

    def _language(self, conversation_id: UUID) -> str:
        return min((look.language for look in self.looks(conversation_id)), default="en")

    def publish_to_user(self, user_id: int, event: Event) -> None:
        for viewer in tuple(self.everyone):
            if viewer.who.user_id == user_id:
                viewer.event(event)

    def close(self, viewers: Iterable[Viewer], code: int) -> None:
        for viewer in tuple(viewers):
            viewer.end(code)

    def where(self, test: Callable[[Viewer], bool]) -> list[Viewer]:
        return [viewer for viewer in self.everyone if test(viewer)]
