"""Servers that are killed and ended while hundreds of calls run: none is lost or counted twice.

SIMULATED_LIVES sets how many servers there are, SIMULATED_CALLS how many calls each one lives to
begin, SIMULATION_SEED what happens in them.
"""

import asyncio
import os
import random
import signal
import uuid
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.viewer import Viewer, soon
from tests.processes import Site
from tests.simulation import judge
from tests.simulation.plans import Act, Plan
from tests.simulation.provider import CountingProvider

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

LIVES = int(os.environ.get("SIMULATED_LIVES", "3"))
SEED = os.environ.get("SIMULATION_SEED") or str(random.SystemRandom().getrandbits(32))
CALLS = int(os.environ.get("SIMULATED_CALLS", "60"))
TOGETHER = 12
LONGEST = 60.0
LIMITS = {"MAX_RUNNING_PER_USER": 100, "MAX_SENDS_PER_MINUTE": 10_000}


def script(dice: random.Random) -> Plan:
    """Most take so long that some are always under way."""
    usage = dice.choice(["last", "last", "finish", "each", "none"])
    act = Act(words=dice.randint(1, 20), usage=usage, pause=dice.choice([0, 0, 0.01, 0.05]))
    others = [
        Act(words=2, usage="each", end="hang"),
        Act(words=2, usage="none", end="break"),
        Act(first=dice.choice([(429,), ("empty",), (500, 500)])),
        Act(words=0, end="filter"),
    ]
    rounds = (dice.choice([act, act, act, *others]),)
    conversation = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    return Plan(conversation, rounds, Act(words=3, pause=dice.choice([0, 0.05])))


async def go_on(viewer: Viewer, models: dict[str, int], dice: random.Random) -> None:
    """Asks until the server is gone."""
    try:
        while True:
            plan = script(dice)
            name, parameters = "plain", {}
            if dice.random() < 0.2:
                name, plan = "tools", Plan(plan.conversation, (Act(tool=True), *plan.rounds))
            elif dice.random() < 0.2:
                parameters = {"n": 3}
            sent = await viewer.do(
                "message.send",
                conversation=plan.conversation,
                key=str(uuid.UUID(int=dice.getrandbits(128), version=4)),
                text=plan.text,
                language_model=models[f"sim-{name}"],
                parameters=parameters,
            )
            if sent["type"] == "command.accepted":
                await _leave_or_wait(viewer, sent, plan, dice)
    except ConnectionError:
        pass


async def _leave_or_wait(
    viewer: Viewer, sent: dict[str, object], plan: Plan, dice: random.Random
) -> None:
    if plan.rounds[-1].end == "hang":
        if dice.random() < 0.5:
            await viewer.stop_in(dice.uniform(0, 0.3), sent)
    elif dice.random() < 0.7:
        await viewer.ended(int(str(sent["reply"])))


async def live(site: Site, provider: CountingProvider, dice: random.Random, end: int) -> None:
    models = dict(site.rows("SELECT model_name, id FROM chat_languagemodel"))
    enough = len(provider.calls) + round(CALLS * dice.uniform(0.7, 1.3))
    server = await site.start(**LIMITS)
    viewers = [Viewer(site, person) for person in site.people[:TOGETHER]]
    await asyncio.gather(*(viewer.connect() for viewer in viewers))
    going = [asyncio.create_task(go_on(viewer, models, dice)) for viewer in viewers]
    await soon(lambda: len(provider.calls) >= enough, within=LONGEST)
    server.signal(signal.Signals(end))
    assert await server.ended() == (0 if end == signal.SIGTERM else -end)
    await asyncio.gather(*going)


def test_servers_that_die_lose_no_call_and_count_none_twice(site: Site, tmp_path: Path) -> None:
    print(f"SIMULATION_SEED={SEED} SIMULATED_LIVES={LIVES}")
    dice, books = random.Random(SEED), tmp_path / "books"
    port = site.template.demo_port

    async def main(provider: CountingProvider) -> None:
        await site.shell(f"from tests.simulation import world; world.build({port})")
        # The last one drains: what it leaves is final.
        ends = [dice.choice([signal.SIGKILL, signal.SIGTERM]) for _ in range(LIVES - 2)]
        for end in [signal.SIGKILL, *ends, signal.SIGTERM]:
            await live(site, provider, dice, end)
        judge.save(provider.calls, books)
        words = "from pathlib import Path; from tests.simulation import judge"
        await site.shell(f"{words}; judge.judge(Path({str(books)!r}))")

    try:
        with CountingProvider(port) as provider:
            asyncio.run(main(provider))
    finally:
        if site.server is not None:
            site.server.remove()
    ends = Counter(site.rows("SELECT outcome, source FROM chat_usagerecord"))
    assert ends["interrupted", "estimated"] > 0
    assert "Traceback" not in site.log
    print(f"{len(provider.calls)} calls", dict(ends))
