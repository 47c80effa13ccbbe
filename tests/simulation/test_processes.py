"""Servers that are killed and ended while calls run: none is lost or counted twice.

SIMULATED_CONVERSATIONS sets how many there are in all, SIMULATED_LIVES in how many servers one
after the other, SIMULATION_SEED what happens in them.
"""

import asyncio
import os
import random
import signal
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.viewer import Viewer, soon
from tests.processes import Site
from tests.simulation import judge
from tests.simulation.plans import Act, Plan
from tests.simulation.provider import CountingProvider

CONVERSATIONS = int(os.environ.get("SIMULATED_CONVERSATIONS", "100"))
LIVES = int(os.environ.get("SIMULATED_LIVES") or 2 + CONVERSATIONS // 500)
SEED = os.environ.get("SIMULATION_SEED") or str(random.SystemRandom().getrandbits(32))
TOGETHER = 12
# Seconds, for a command, an answer, the end of a server: only what hangs takes so long.
PATIENCE = 120.0

pytestmark = [pytest.mark.processes, pytest.mark.timeout(4 * PATIENCE + CONVERSATIONS)]
LIMITS = {"MAX_RUNNING_PER_USER": 100, "MAX_SENDS_PER_MINUTE": 10_000}


HANG = Act(words=2, usage="each", end="hang")


class Patient(Viewer):
    async def do(self, kind: str, seconds: float = PATIENCE, **fields: Any) -> dict[str, Any]:
        return await super().do(kind, seconds, **fields)


def script(dice: random.Random) -> Plan:
    """Most take so long that some are always under way."""
    usage = dice.choice(["last", "last", "finish", "each", "none"])
    act = Act(words=dice.randint(1, 20), usage=usage, pause=dice.choice([0, 0, 0.01, 0.05]))
    others = [
        HANG,
        Act(words=2, usage="none", end="break"),
        Act(first=dice.choice([(429,), ("empty",), (500, 500)])),
        Act(words=0, end="filter"),
    ]
    rounds = (dice.choice([act, act, act, *others]),)
    return Plan(number(dice), rounds, Act(words=3, pause=dice.choice([0, 0.05])))


def number(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


async def ask(
    viewer: Viewer, plan: Plan, model: int, dice: random.Random, **parameters: int
) -> dict[str, Any]:
    return await viewer.do(
        "message.send",
        conversation=plan.conversation,
        key=number(dice),
        text=plan.text,
        language_model=model,
        parameters=parameters,
    )


async def go_on(viewer: Viewer, models: dict[str, int], dice: random.Random) -> None:
    """Asks until the server is gone."""
    try:
        while True:
            plan = script(dice)
            name, parameters = "sim-plain", {}
            if dice.random() < 0.2:
                name, plan = "sim-tools", Plan(plan.conversation, (Act(tool=True), *plan.rounds))
            elif dice.random() < 0.2:
                parameters = {"n": 3}
            sent = await ask(viewer, plan, models[name], dice, **parameters)
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
        await viewer.ended(int(str(sent["reply"])), PATIENCE)


async def live(site: Site, provider: CountingProvider, dice: random.Random, end: int) -> None:
    models = dict(site.rows("SELECT model_name, id FROM chat_languagemodel"))
    enough = len(provider.calls) + round(CONVERSATIONS / LIVES * dice.uniform(0.7, 1.3))
    server = await site.start(**LIMITS)
    viewers = [Patient(site, person) for person in site.people[:TOGETHER]]
    await asyncio.gather(*(viewer.connect() for viewer in viewers))
    # Whenever the end comes, something is under way.
    await ask(viewers[0], Plan(number(dice), (HANG,)), models["sim-plain"], dice)
    going = [asyncio.create_task(go_on(viewer, models, dice)) for viewer in viewers]
    await soon(lambda: len(provider.calls) >= enough, within=PATIENCE + CONVERSATIONS)
    server.signal(signal.Signals(end))
    assert await server.ended(PATIENCE) == (0 if end == signal.SIGTERM else -end)
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
