"""What people do, through the node's own relay: send, stop, delete, try again."""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chat import database
from chat.domain import access, catalogue, replies
from chat.domain.errors import Refused
from chat.domain.replies import Started
from chat.live import commands
from chat.live.node import Node
from chat.live.viewer import Viewer, Who
from chat.models import LanguageModel
from chat.protocol import ContinueReply, RegenerateReply, SendMessage, StopReply
from tests.simulation.plans import Plan
from tests.simulation.provider import CountingProvider
from tests.simulation.world import World

# (purpose, outcome, source) of a row; what may be of several kinds names them with a stroke.
Row = tuple[str, str, str]
TITLES = {"last": "reported", "none": "estimated"}


@dataclass
class Stage:
    """`expected`: the rows of each conversation. `orphans`: calls that lose theirs, by its id."""

    node: Node
    world: World
    provider: CountingProvider
    dice: random.Random
    expected: dict[str, list[Row]] = field(default_factory=dict)
    orphans: dict[uuid.UUID, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    checks: list[Row] = field(default_factory=list)
    # Of these the provider may have reported what nobody heard any more.
    racing: set[str] = field(default_factory=set)
    checking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def person(self) -> int:
        return self.dice.choice(self.world.people[:-1])

    def viewer(self, user_id: int) -> Viewer:
        async def nothing(_: Any) -> None:
            pass

        return Viewer(Who(user_id, "session", "fingerprint", "en"), nothing, nothing)

    async def send(self, user: int, plan: Plan, model: str = "plain", **fields: Any) -> Started:
        """Raises errors.Refused."""
        language_model = self.world.models[model]
        command = SendMessage(
            1, uuid.UUID(plan.conversation), uuid.uuid4(), plan.text, language_model, **fields
        )
        return await self.start(user, replies.send, command)

    async def start(self, user: int, make: Callable[..., Started], command: Any) -> Started:
        """As the socket's command does it, with nobody who looks."""
        relay, who = self.node.relay, self.viewer(user).who
        with relay.arrival():
            started, run = await database.write(commands._started, who, make, command, self.node.id)
            running = relay.start(run) if run is not None else None
        if running is not None:
            running.shown.set()
        elif not started.again:
            relay.wait(started.completion.id)
        return started

    async def send_twice(self, user: int, plan: Plan) -> Started:
        """The same command from two windows."""
        command = SendMessage(
            1, uuid.UUID(plan.conversation), uuid.uuid4(), plan.text, self.world.models["plain"]
        )
        both = [self.start(user, replies.send, command) for _ in range(2)]
        first, second = await asyncio.gather(*both)
        assert (first.reply.id, {first.again, second.again}) == (second.reply.id, {True, False})
        return first

    async def check(self) -> None:
        """As the administration does it, in a thread of its own."""
        await database.read(_check, self.world.models["plain"], self.world.administrator)

    async def again(self, user: int, started: Started, *, go_on: bool) -> Started:
        conversation, reply = started.conversation.id, started.reply.id
        if go_on:
            going = ContinueReply(1, conversation, uuid.uuid4(), reply)
            return await self.start(user, replies.continue_reply, going)
        anew = RegenerateReply(1, conversation, uuid.uuid4(), reply)
        return await self.start(user, replies.regenerate, anew)

    async def stop(self, user: int, started: Started) -> None:
        command = StopReply(1, started.conversation.id, started.reply.id)
        await commands._stop(self.node, self.viewer(user), command)

    async def ended(self, started: Started) -> None:
        relay, call = self.node.relay, started.completion.id
        while call in relay.running or call in relay.waiting:
            await asyncio.sleep(0.02)

    async def written(self, started: Started, *, words: bool) -> None:
        """Until the provider has the request, or until some of its words are stored."""
        conversation, relay = str(started.conversation.id), self.node.relay
        while True:
            running = relay.running.get(started.completion.id)
            asked = self.provider.counter.asked[conversation] > 0
            if running is None or (running.has_text if words else asked):
                return
            await asyncio.sleep(0.02)

    def expect(self, plan: Plan, *rows: Row, titled: bool = False) -> None:
        """`titled`: the first answer to the first question is completed."""
        found = self.expected.setdefault(plan.conversation, [])
        found += rows
        if titled:
            found.append(_title(plan))

    async def refusal(self, sending: Any) -> None:
        try:
            await sending
        except Refused as refused:
            self.refused[refused.code] += 1
        else:
            raise AssertionError("it was not refused")


def _check(model_id: int, user_id: int) -> None:
    model = LanguageModel.objects.select_related("provider").get(id=model_id)
    catalogue.check_provider(model.provider, access.person(user_id))


def _title(plan: Plan) -> Row:
    if plan.title.first:
        return ("title", "failed", "unknown")
    return ("title", "completed", TITLES[plan.title.usage])
