"""Watches what other processes and sync code may have changed: rights, stops, dead nodes."""

import asyncio
import logging
from collections.abc import Mapping
from uuid import UUID

from chat import database
from chat.domain import endings, losses, progress, rights, tool_calls

from .hub import Hub
from .relay import Relay
from .viewer import SIGN_IN_AGAIN, TOO_SLOW, Viewer

logger = logging.getLogger(__name__)

# Seconds. What somebody may no longer see must be gone from the page within one second.
INTERVAL = 0.5
DEAD_NODES_EVERY = 10


class Sweep:
    def __init__(self, node_id: str, hub: Hub, relay: Relay) -> None:
        self._node_id = node_id
        self._hub = hub
        self._relay = relay

    async def run(self) -> None:
        rounds = 0
        while True:
            await asyncio.sleep(INTERVAL)
            rounds += 1
            try:
                await self._stops()
                await self.compare_rights()
                if rounds % DEAD_NODES_EVERY == 0:
                    await self._dead_nodes()
            except Exception:
                # The database is away, perhaps: the next round tries again.
                logger.exception("a sweep failed")

    async def _stops(self) -> None:
        if not self._relay.is_busy:
            return
        for completion_id in await database.read(progress.stops_requested, self._node_id):
            await self._relay.stop(completion_id)

    async def compare_rights(self) -> None:
        """Compares what all sockets rely on; also called when somebody has changed a share."""
        viewers = list(self._hub.everyone)
        for viewer in viewers:
            if viewer.is_stuck():
                viewer.end(TOO_SLOW)
        if not viewers:
            return
        asked = {viewer: _asked(viewer) for viewer in viewers}
        held = await database.read(rights.held, set(asked.values()))
        for viewer in viewers:
            self._compare(viewer, asked[viewer], held)
        lost = {viewer: one for viewer, one in asked.items() if _has_lost(viewer, one, held)}
        if lost:
            await self._send_away(lost)

    def _compare(self, viewer: Viewer, asked: rights.Asked, held: rights.Held) -> None:
        """By what was asked: the viewer may have gone to another conversation meanwhile."""
        user_id, session_key, conversation_id = asked
        if held.fingerprints.get((user_id, session_key)) != viewer.who.fingerprint:
            viewer.end(SIGN_IN_AGAIN)
            return
        role = held.roles.get((user_id, conversation_id)) if conversation_id else None
        if role and viewer.conversation_id == conversation_id and viewer.role != role:
            viewer.role = role
            told = {"type": "conversation.role", "conversation": str(conversation_id)}
            viewer.event({**told, "role": role})

    async def _send_away(self, lost: Mapping[Viewer, rights.Asked]) -> None:
        """They stay connected, and get nothing more of the conversation from here on."""
        for viewer in lost:
            self._hub.leave(viewer)
            viewer.forget()
        for viewer, (user_id, _session, conversation_id) in lost.items():
            assert conversation_id is not None
            words = await database.read(losses.words, user_id, conversation_id, viewer.who.language)
            viewer.event(
                {
                    "type": "conversation.closed",
                    "conversation": str(conversation_id),
                    "words": words,
                }
            )
            viewer.event({"type": "conversations.changed"})

    async def _dead_nodes(self) -> None:
        """What they left, and what this one has lost hold of."""
        await self._relay.renew_waiting()
        ended = await database.write(
            endings.take_over, self._node_id, at_once=False, running=self._relay.at_work
        )
        for one in ended:
            await self._relay.show_end(one)
        toolbox = self._relay.toolbox
        cut = await database.write(
            tool_calls.take_over, self._node_id, at_once=False, running=set(toolbox.running)
        )
        for conversation_id, message_id in cut:
            await toolbox.show(conversation_id, message_id)
        await toolbox.take_up()
        self._hub.forget_unwatched(self._conversations())

    def _conversations(self) -> dict[int, UUID]:
        running = self._relay.running.values()
        return {one: each.conversation_id for each in running for one in each.run.replies}


def _asked(viewer: Viewer) -> rights.Asked:
    return (viewer.who.user_id, viewer.who.session_key, viewer.conversation_id)


def _has_lost(viewer: Viewer, asked: rights.Asked, held: rights.Held) -> bool:
    user_id, _session, conversation_id = asked
    still_there = conversation_id is not None and viewer.conversation_id == conversation_id
    return viewer.closing is None and still_there and not held.may_see(user_id, conversation_id)
