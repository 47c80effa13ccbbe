"""Runs replies: one task per reply, owned by the node and by no socket."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterator
from contextlib import aclosing, contextmanager
from uuid import UUID

from chat import database, providers
from chat.domain import begin, endings, key_use, progress
from chat.domain.replies import Started
from chat.domain.runs import Run
from chat.models.completion import State

from . import audience
from .hub import Chunks, Hub
from .present import ended_events
from .running import Running
from .ticker import Ticker, chunks_by_reply
from .titler import Titler
from .toolbox import Toolbox

logger = logging.getLogger(__name__)

FINISH_ATTEMPTS = 20
SHOWN_WITHIN = 5.0
OTHER_KEY_HELPS = {providers.ErrorCategory.AUTH, providers.ErrorCategory.QUOTA_EXHAUSTED}


class Relay:
    """`begin` takes a queued completion and writes it to its end, whoever looks or leaves."""

    def __init__(self, node_id: str, hub: Hub) -> None:
        self.node_id = node_id
        self.hub = hub
        self.running: dict[UUID, Running] = {}
        self.waiting: set[UUID] = set()
        self.ticker = Ticker(hub, self._being_written)
        self.toolbox = Toolbox(node_id, hub, self._begin_round, self._round)
        self.titler = Titler(node_id, hub, self._client, self._spawn)
        self.draining = False
        self._arriving = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._clients: dict[tuple[int, str], providers.Client] = {}

    def _being_written(self) -> list[Running]:
        return [running for running in self.running.values() if not running.finishing]

    async def begin(self, completion_id: UUID) -> bool:
        """False when it has to wait for another reply, or is not queued any more."""
        if self.draining:
            return False
        with self.arrival():
            run = await database.write(begin.begin, completion_id, self.node_id)
            if run is None:
                return False
            self.waiting.discard(completion_id)
            running = self.start(run)
        for reply_id in run.replies:
            await self.hub.begin(run.conversation_id, reply_id, None)
            self.hub.publish(run.conversation_id, {"type": "reply.begun", "reply": reply_id})
        running.shown.set()
        return True

    def wait(self, completion_id: UUID) -> None:
        """It is queued behind another reply of its branch."""
        self.waiting.add(completion_id)

    async def renew_waiting(self) -> None:
        """Leases of what waits; and it begins where the end before it could not wake it up."""
        asked = set(self.waiting)
        if asked:
            still = await database.write(progress.renew_waiting, self.node_id, asked)
            self.waiting -= asked - still
            for completion_id in still:
                await self.begin(completion_id)

    @property
    def at_work(self) -> set[UUID]:
        """What this node runs, or is going to run; whatever else it owns is lost."""
        return {*self.running, *self.waiting, *self.titler.running}

    @property
    def is_busy(self) -> bool:
        return bool(self.running or self.waiting)

    @contextmanager
    def arrival(self) -> Iterator[None]:
        """Around what leads to `start`: a drain waits, or the reply would be left running."""
        self._arriving += 1
        try:
            yield
        finally:
            self._arriving -= 1

    def start(self, run: Run) -> Running:
        running = Running(run)
        running.renewed_at = time.monotonic()
        self.running[run.owner.completion_id] = running
        self._spawn(self._write(running))
        return running

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        """Tasks nobody holds are collected in the middle of their work."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, completion_id: UUID) -> None:
        """Of another node's reply nothing happens here: that node finds the request."""
        if running := self.running.get(completion_id):
            running.cut(State.STOPPED)
        elif completion_id in self.waiting:
            self.waiting.discard(completion_id)
            ended = await database.write(endings.end_waiting, completion_id, self.node_id)
            if ended is not None:
                await self.show_end(ended)

    async def _write(self, running: Running) -> None:
        """Never cancelled itself: a stop cancels the stream, and what came is kept and counted."""
        running.stream = asyncio.create_task(self._read(running))
        if running.ending is not None:
            running.stream.cancel()
        await asyncio.wait([running.stream])
        running.finishing = True
        await self.ticker.quiet()
        try:
            await self._finish(running)
        finally:
            self.running.pop(running.owner.completion_id, None)
            await self._begin_waiting(running.conversation_id)

    async def _read(self, running: Running) -> None:
        run = running.run
        if run.problem is not None:
            running.end(State.FAILED, run.problem)
        try:
            for number, endpoint in enumerate(run.endpoints, start=1):
                spare = number < len(run.endpoints)
                if not await self._try_key(running, endpoint, spare=spare):
                    break
                await database.write(key_use.turn, *run.keys[number - 1 : number + 1])
            if running.usage_refused and run.provider_id is not None:
                await database.write(endings.stop_asking_for_usage, run.provider_id)
        except asyncio.CancelledError:
            running.end(State.INTERRUPTED)
        except Exception:
            logger.exception("reply %s broke", running.owner.completion_id)
            running.end(State.FAILED, "internal")

    async def _try_key(
        self, running: Running, endpoint: providers.Endpoint, *, spare: bool
    ) -> bool:
        """True: this key was refused or is used up, nothing has come, and there is a `spare`."""
        prompt = running.run.prompt
        assert prompt is not None
        client = self._client(running.run, endpoint)
        async with aclosing(
            providers.complete(client, endpoint, prompt, pace=running.pace)
        ) as events:
            async for event in events:
                if spare and _another_key_helps(event):
                    logger.warning("a key of %s was refused", running.run.bill.provider_name)
                    return True
                if running.receive(event):
                    self.ticker.ring()
        return False

    def _client(self, run: Run, endpoint: providers.Endpoint) -> providers.Client:
        """One shared client for each provider at its present address."""
        assert run.provider_id is not None
        key = (run.provider_id, endpoint.base_url)
        if key not in self._clients:
            self._clients[key] = providers.Client()
        return self._clients[key]

    async def _finish(self, running: Running) -> None:
        """The end in one transaction, tried again while the database is away."""
        ending, prompt_text = running.final(), _prompt_text(running.run)
        for attempt in range(FINISH_ATTEMPTS):
            pieces = list(running.take())
            try:
                ended = await database.write(
                    endings.finish, running.run, ending, pieces, prompt_text
                )
            except Exception:
                logger.exception("the end of %s was not stored", running.owner.completion_id)
                await asyncio.sleep(min(0.2 * 2**attempt, 5))
                continue
            await _shown(running)
            if not ended:
                # Somebody else did, while this process was frozen; or nobody heard of the commit.
                await self._show_as_stored(running)
                return
            await self._settle(running, chunks_by_reply(pieces))
            await audience.refresh_sidebars(self.hub, running.conversation_id)
            if ending.asks_for_tools:
                self.run_tools(running.conversation_id, running.run.replies[0])
            elif ending.state == State.COMPLETED:
                self.titler.answered(running.conversation_id)
            return

    def run_tools(self, conversation_id: UUID, message_id: int, number: int | None = None) -> None:
        self._spawn(self.toolbox.run(conversation_id, message_id, number))

    @contextmanager
    def _round(self) -> Iterator[bool]:
        """False: the server goes down; the round is stored, and another node begins it."""
        with self.arrival():
            yield not self.draining

    async def _begin_round(self, started: Started, run: Run | None) -> None:
        running = self.start(run) if run is not None else None
        if running is None:
            self.wait(started.completion.id)
        try:
            await self.toolbox.show_next(started)
        finally:
            if running is not None:
                running.shown.set()

    async def _settle(self, running: Running, last: dict[int, Chunks]) -> None:
        for reply_id in running.run.replies:
            await self.hub.settle(running.conversation_id, reply_id, last.get(reply_id, []))
            await self._tell_end(running.conversation_id, reply_id, running.run.bill.user_id)

    async def _show_as_stored(self, running: Running) -> None:
        for reply_id in running.run.replies:
            await self.hub.read_anew(running.conversation_id, reply_id)
            await self._tell_end(running.conversation_id, reply_id, running.run.bill.user_id)
        await audience.refresh_sidebars(self.hub, running.conversation_id)

    async def show_end(self, ended: endings.Ended) -> None:
        """Of replies that were not written here, or never begun; what waited for them begins."""
        if ended.conversation_id is None:
            return
        for reply_id in ended.replies:
            await self.hub.settle(ended.conversation_id, reply_id, [])
            await self._tell_end(ended.conversation_id, reply_id, ended.user_id)
        await self._begin_waiting(ended.conversation_id)

    async def _tell_end(self, conversation_id: UUID, reply_id: int, asker: int | None) -> None:
        if looks := self.hub.looks(conversation_id, asker):
            events = await database.read(ended_events, reply_id, looks)
            self.hub.publish_in_looks(conversation_id, events, asker)

    async def _begin_waiting(self, conversation_id: UUID) -> None:
        waiting = await database.read(begin.waiting_in, conversation_id, self.node_id)
        for completion_id in waiting:
            await self.begin(completion_id)

    async def cut_all(self, state: State) -> None:
        """Ends everything, also what is just about to start, and waits until it is stored."""
        while self._tasks or self._arriving:
            self.toolbox.cut()
            self.titler.cut()
            for running in self.running.values():
                if running.ending is None:
                    running.cut(state)
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        await self.toolbox.close()
        for client in self._clients.values():
            await client.aclose()


def _another_key_helps(event: providers.Event) -> bool:
    return (
        isinstance(event, providers.ProviderError)
        and not event.partial
        and event.category in OTHER_KEY_HELPS
    )


async def _shown(running: Running) -> None:
    """An end must not overtake the message that it ends."""
    try:
        async with asyncio.timeout(SHOWN_WITHIN):
            await running.shown.wait()
    except TimeoutError:
        logger.warning("%s ended before it was shown", running.owner.completion_id)


def _prompt_text(run: Run) -> str:
    messages = run.prompt.messages if run.prompt else ()
    return "\n".join(message.content for message in messages)
