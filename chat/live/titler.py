"""Has titles made for conversations that got their first answer; nobody waits for that."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

from django.db import DatabaseError

from chat import database, providers
from chat.domain import title_calls
from chat.domain.runs import Run
from chat.models import Conversation
from chat.models.completion import Part, State

from .audience import refresh_sidebars
from .hub import Hub
from .running import Running

logger = logging.getLogger(__name__)

# Less than the lease of a completion, so that it need not be renewed.
PATIENCE = 12.0
FINISH_ATTEMPTS = 20

Spawn = Callable[[Coroutine[None, None, None]], None]
ClientFor = Callable[[Run, providers.Endpoint], providers.Client]


class Titler:
    def __init__(self, node_id: str, hub: Hub, client_for: ClientFor, spawn: Spawn) -> None:
        self._node_id = node_id
        self._hub = hub
        self._client_for = client_for
        self._spawn = spawn
        self.running: dict[UUID, asyncio.Task[None]] = {}
        self._closed = False

    def answered(self, conversation_id: UUID) -> None:
        if not self._closed:
            self._spawn(self._make(conversation_id))

    def cut(self) -> None:
        """What runs is ended as interrupted, and counted."""
        self._closed = True
        for call in self.running.values():
            call.cancel()

    async def _make(self, conversation_id: UUID) -> None:
        try:
            if await database.read(title_calls.is_due, conversation_id):
                run = await database.write(title_calls.begin_call, conversation_id, self._node_id)
                if run is not None:
                    await self._write(run)
        except Exception:
            # The conversation keeps the title made of its first words.
            logger.exception("no title was made for %s", conversation_id)

    async def _write(self, run: Run) -> None:
        # No message keeps the text.
        running = Running(replace(run, replies=(0,)))
        call = asyncio.create_task(self._ask(running))
        self.running[run.owner.completion_id] = call
        if self._closed:
            running.end(State.INTERRUPTED)
            call.cancel()
        try:
            await asyncio.wait([call])
            named = await self._finish(running)
        finally:
            del self.running[run.owner.completion_id]
        if named is not None:
            await self._tell(named)

    async def _tell(self, named: Conversation) -> None:
        event = {
            "type": "conversation.renamed",
            "conversation": str(named.id),
            "title": named.title,
        }
        self._hub.publish(named.id, event)
        await refresh_sidebars(self._hub, named.id)

    async def _finish(self, running: Running) -> Conversation | None:
        """Tried again while the database is away: nobody takes over what a living node runs."""
        text = "".join(piece.text for piece in running.take() if piece.part == Part.CONTENT)
        for attempt in range(FINISH_ATTEMPTS):
            try:
                return await database.write(title_calls.finish, running.run, running.final(), text)
            except DatabaseError:
                logger.exception("the end of %s was not stored", running.owner.completion_id)
                await asyncio.sleep(min(0.2 * 2**attempt, 5))
        return None

    async def _ask(self, running: Running) -> None:
        """The first key will do."""
        run = running.run
        if run.problem is not None or run.prompt is None:
            running.end(State.FAILED, run.problem or "internal")
            return
        endpoint = run.endpoints[0]
        try:
            async with asyncio.timeout(PATIENCE):
                client = self._client_for(run, endpoint)
                async with aclosing(providers.complete(client, endpoint, run.prompt)) as events:
                    async for event in events:
                        running.receive(event)
        except TimeoutError:
            running.end(State.FAILED, providers.ErrorCategory.UPSTREAM_TIMEOUT)
        except asyncio.CancelledError:
            running.end(State.INTERRUPTED)
        except Exception:
            logger.exception("the title call %s broke", run.owner.completion_id)
            running.end(State.FAILED, "internal")
