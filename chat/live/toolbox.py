"""Runs the calls of tools that a reply asked for, and begins the round that follows on them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractContextManager
from uuid import UUID

from django.conf import settings

from chat import database, providers
from chat.domain import functions, rounds, tool_calls, tool_jobs
from chat.domain.replies import Started
from chat.domain.runs import Run
from chat.domain.tool_jobs import Job
from chat.models.tool_call import CallState

from .hub import Hub
from .present import created_events, tool_events

logger = logging.getLogger(__name__)

RENEW_AFTER = 5.0

Begin = Callable[[Started, Run | None], Awaitable[None]]
Arrival = Callable[[], AbstractContextManager[bool]]


class Toolbox:
    """`begin` shows and starts the next reply. The state is in the tables, not in these tasks."""

    def __init__(self, node_id: str, hub: Hub, begin: Begin, arrival: Arrival) -> None:
        self.node_id = node_id
        self._hub = hub
        self._begin = begin
        self._arrival = arrival
        self._client = providers.Client()
        # Calls by message.
        self.running: dict[int, set[asyncio.Task[None]]] = {}
        self.closed = False

    async def run(self, conversation_id: UUID, message_id: int, number: int | None) -> None:
        """The calls that nobody was asked about, or the one that was allowed.

        Never cancelled itself: `stop` and `cut` cancel the calls, and that is stored.
        """
        await self.show(conversation_id, message_id)
        jobs = await database.read(tool_jobs.jobs_of, message_id, self.node_id, number)
        calls = {asyncio.create_task(self._call(job)) for job in jobs}
        if calls:
            mine = self.running.setdefault(message_id, set())
            mine |= calls
            if self.closed:
                self.stop(message_id)
            await self._wait(calls, [job.call for job in jobs])
            mine -= calls
            if not mine:
                self.running.pop(message_id, None)
            await self.show(conversation_id, message_id)
        if not await self.go_on(message_id):
            await self.show(conversation_id, message_id)

    async def _wait(self, tasks: Collection[asyncio.Task[None]], calls: list[int]) -> None:
        """As long as they run, this node says that it lives."""
        while tasks:
            _done, tasks = await asyncio.wait(tasks, timeout=RENEW_AFTER)
            try:
                if tasks:
                    await database.write(tool_calls.renew, calls, self.node_id)
            except Exception:
                # The database is away, perhaps: the next time comes before the lease is over.
                logger.exception("calls of tools could not be renewed")

    async def go_on(self, message_id: int) -> bool:
        """Begins the next round if all calls have ended. Safe to call at any time."""
        with self._arrival() as may_begin:
            if not may_begin:
                return False
            made = await database.write(rounds.next_round, message_id, self.node_id)
            if made is not None:
                await self._begin(*made)
        return made is not None

    async def take_up(self) -> None:
        """Rounds that nobody went on with: their node died between two steps."""
        for message_id, _ in await database.read(rounds.ready):
            if message_id not in self.running:
                await self.go_on(message_id)

    async def show(self, conversation_id: UUID, message_id: int) -> None:
        """The cards of a reply as they are now, to all who look."""
        if looks := self._hub.looks(conversation_id):
            events = await database.read(tool_events, message_id, looks)
            self._hub.publish_in_looks(conversation_id, events)

    async def show_next(self, started: Started) -> None:
        conversation_id = started.conversation.id
        if looks := self._hub.looks(conversation_id):
            events = await database.read(created_events, started, looks)
            self._hub.publish_in_looks(conversation_id, events)
        for reply in started.replies:
            await self._hub.begin(conversation_id, reply.id, None)

    def stop(self, message_id: int) -> None:
        for call in self.running.get(message_id, ()):
            call.cancel()

    def cut(self) -> None:
        """At the end of the process: what runs is marked as interrupted."""
        self.closed = True
        for message_id in self.running:
            self.stop(message_id)

    async def close(self) -> None:
        await self._client.aclose()

    async def _call(self, job: Job) -> None:
        started = time.monotonic()
        try:
            async with asyncio.timeout(settings.TOOL_TIMEOUT):
                state, result = CallState.DONE, await self._result(job)
        except (functions.FunctionFailed, providers.EndpointProblem) as problem:
            state, result = CallState.FAILED, str(problem)
        except TimeoutError:
            state, result = CallState.FAILED, "The tool took too long."
        except asyncio.CancelledError:
            state, result = CallState.INTERRUPTED, ""
        except Exception:
            logger.exception("call %d of a tool broke", job.call)
            state, result = CallState.FAILED, "The tool is broken."
        seconds = time.monotonic() - started
        await database.write(tool_calls.settle, job.call, self.node_id, state, result, seconds)

    async def _result(self, job: Job) -> str:
        if job.problem:
            raise functions.FunctionFailed(job.problem)
        if job.function is not None:
            return functions.run(job.function, job.arguments)
        assert job.target is not None
        return await providers.call_endpoint(self._client, job.target, job.content)
