"""What can become of a conversation's calls: one function each, which knows the rows to expect."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from chat import database
from chat.models import Completion
from chat.models.completion import State
from tests.simulation.plans import Act, Plan
from tests.simulation.stage import Row, Stage

Plot = Callable[[Stage], Awaitable[None]]

DONE: Row = ("answer", "completed", "reported")
STUCK = Act(words=2, usage="none", end="hang")


def plan(stage: Stage, *rounds: Act) -> Plan:
    dice = stage.dice
    titles = [Act(words=3)] * 7 + [Act(words=3, usage="none"), Act(first=(400,))]
    conversation = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    return Plan(conversation, rounds or (some(stage),), dice.choice(titles))


def some(stage: Stage, **fields: Any) -> Act:
    """An act that goes well, with its usage wherever providers put it."""
    usage = stage.dice.choice(["last", "last", "finish", "each"])
    return Act(**{"words": stage.dice.randint(1, 30), "usage": usage, **fields})


async def completed(stage: Stage) -> None:
    script = plan(stage)
    ends = stage.dice.choice(["stop", "stop", "stop", "length"])
    script = replace(script, rounds=(replace(script.rounds[0], end=ends),))
    temporary = stage.dice.random() < 0.1
    started = await stage.send(stage.person(), script, temporary=int(temporary))
    await stage.ended(started)
    stage.expect(script, DONE, titled=not temporary)


async def without_usage(stage: Stage) -> None:
    script = plan(stage, some(stage, usage="none"))
    await stage.ended(await stage.send(stage.person(), script))
    stage.expect(script, ("answer", "completed", "estimated"), titled=True)


async def several_answers(stage: Stage) -> None:
    script = plan(stage)
    number = stage.dice.randint(2, 4)
    await stage.ended(await stage.send(stage.person(), script, parameters={"n": number}))
    stage.expect(script, DONE, titled=True)


async def anonymised(stage: Stage) -> None:
    """In one piece; no other provider may have it for a title."""
    script = plan(stage, some(stage, usage="last"))
    await stage.ended(await stage.send(stage.person(), script, "private"))
    stage.expect(script, DONE)


async def blocked(stage: Stage) -> None:
    by_status = stage.dice.random() < 0.3
    act = Act(first=("blocked",)) if by_status else Act(words=0, end="filter")
    script = plan(stage, act)
    await stage.ended(await stage.send(stage.person(), script))
    stage.expect(script, ("answer", "blocked", "unknown" if by_status else "reported"))


async def repeated(stage: Stage) -> None:
    """Attempts that failed, and one that did not: one call, with all that was reported."""
    first = stage.dice.choice([(429,), (429, 429), (500,), (504,), ("empty",), ("error",), (401,)])
    script = plan(stage, some(stage, first=first))
    await stage.ended(await stage.send(stage.person(), script))
    stage.expect(script, DONE, titled=True)


async def repeated_in_vain(stage: Stage) -> None:
    unreported: list[tuple[int | str, ...]] = [(429, 429, 429), (500, 500), (400,)]
    reported: list[tuple[int | str, ...]] = [("empty", "empty"), ("error", "error")]
    first = stage.dice.choice(unreported + reported)
    script = plan(stage, Act(first=first))
    await stage.ended(await stage.send(stage.person(), script))
    stage.expect(script, ("answer", "failed", "reported" if first in reported else "unknown"))


async def refused_own_key(stage: Stage) -> None:
    """It says nothing about the provider, which the others go on using."""
    script = plan(stage, Act(first=(401,)))
    await stage.ended(await stage.send(stage.world.people[0], script, "own"))
    stage.expect(script, ("answer", "failed", "unknown"))


async def own_key(stage: Stage) -> None:
    person = stage.world.people[stage.dice.randint(0, 1)]
    script = plan(stage)
    await stage.ended(await stage.send(person, script, "own"))
    stage.expect(script, DONE, titled=True)


async def broken_after_text(stage: Stage) -> None:
    """Then tried again, or continued, by the person."""
    end = stage.dice.choice(["cut", "break", "error"])
    usage = stage.dice.choice(["none", "each", "last" if end == "error" else "none"])
    script = plan(stage, Act(words=4, usage=usage, end=end))
    user = stage.person()
    started = await stage.send(user, script)
    await stage.ended(started)
    source = "reported" if usage == "last" else "estimated"
    stage.expect(script, ("answer", "failed", source))
    if stage.dice.random() < 0.5:
        second = await stage.again(user, started, go_on=stage.dice.random() < 0.5)
        await stage.ended(second)
        stage.expect(script, ("answer", "failed", source))


async def stopped(stage: Stage) -> None:
    """Before the first word or among them; the provider reports along the way, or never."""
    words = stage.dice.choice([0, 3])
    usage = stage.dice.choice(["none", "each"]) if words else "none"
    script = plan(stage, Act(words=words, usage=usage, end="hang"))
    user = stage.person()
    started = await stage.send(user, script)
    await stage.written(started, words=bool(words))
    await stage.stop(user, started)
    await stage.ended(started)
    stage.expect(script, ("answer", "stopped", "estimated"))


async def stopped_before(stage: Stage) -> None:
    """It waited behind another one: nothing was sent. Then the other one is stopped, too."""
    script = plan(stage, STUCK)
    user = stage.person()
    started = await stage.send(user, script)
    waiting = await stage.send(user, script)
    await stage.stop(user, waiting)
    await stage.ended(waiting)
    await stage.stop(user, started)
    await stage.ended(started)
    rows: list[Row] = [("answer", "stopped", "unknown"), ("answer", "stopped", "estimated")]
    stage.expect(script, *rows)


async def stopped_at_some_moment(stage: Stage) -> None:
    """Whoever is first: the end or the stop."""
    script = plan(stage, some(stage, usage="last", words=20, pause=0.002))
    user = stage.person()
    started = await stage.send(user, script)
    stage.racing.add(script.conversation)
    await asyncio.sleep(stage.dice.uniform(0, 0.15))
    await stage.stop(user, started)
    await stage.ended(started)
    state = await database.read(_state, started.completion.id)
    if state == State.COMPLETED:
        stage.expect(script, DONE, titled=True)
    else:
        stage.expect(script, ("answer", state, "?"))


def _state(completion_id: uuid.UUID) -> str:
    return Completion.objects.get(id=completion_id).state


async def tools(stage: Stage) -> None:
    rounds = stage.dice.randint(1, 3)
    usages = [stage.dice.choice(["last", "finish", "none"]) for _ in range(rounds)]
    asking = [Act(tool=True, usage=usage) for usage in usages]
    script = plan(stage, *asking, some(stage))
    started = await stage.send(stage.person(), script, "tools")
    await stage.ended(started)
    sources = ["estimated" if usage == "none" else "reported" for usage in usages]
    stage.expect(script, *(("answer", "completed", source) for source in sources))
    stage.expect(script, DONE, titled=True)


async def sent_twice(stage: Stage) -> None:
    script = plan(stage)
    started = await stage.send_twice(stage.person(), script)
    await stage.ended(started)
    stage.expect(script, DONE, titled=True)


async def provider_check(stage: Stage) -> None:
    """Nobody sees its text; with or without usage, or refused."""
    checks = [
        (Act(words=1), "completed", "reported"),
        (Act(words=1, usage="none"), "completed", "estimated"),
        (Act(first=(500,)), "failed", "unknown"),
    ]
    act, outcome, source = stage.dice.choice(checks)
    async with stage.checking:
        stage.provider.counter.checks.append(act)
        await stage.check()
    stage.checks.append(("check", outcome, source))
