"""Calls of every outcome through one node: the ledger agrees with the provider.

SIMULATED_CONVERSATIONS sets how many conversations there are (3,000 make 5,000 calls),
SIMULATION_SEED which ones.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chat import database
from chat.live.node import Node
from chat.live.sealing import Sealer
from chat.models import UsageRecord
from tests.kit import running_node
from tests.simulation import audit, deletions, plots, shortages, world
from tests.simulation.provider import CountingProvider
from tests.simulation.stage import Row, Stage

CONVERSATIONS = int(os.environ.get("SIMULATED_CONVERSATIONS", "100"))
SEED = os.environ.get("SIMULATION_SEED") or str(random.SystemRandom().getrandbits(32))
TOGETHER = 30
# Seconds, for one conversation: only what hangs takes so long, on whatever machine.
PATIENCE = 300.0

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.timeout(2 * PATIENCE + CONVERSATIONS),
]

OFTEN: dict[plots.Plot, int] = {
    plots.completed: 20,
    plots.without_usage: 6,
    plots.several_answers: 6,
    plots.anonymised: 4,
    plots.blocked: 5,
    plots.repeated: 8,
    plots.repeated_in_vain: 5,
    plots.own_key: 5,
    plots.refused_own_key: 2,
    plots.broken_after_text: 8,
    plots.stopped: 6,
    plots.stopped_before: 4,
    plots.stopped_at_some_moment: 6,
    plots.tools: 6,
    plots.sent_twice: 3,
    plots.provider_check: 3,
    shortages.over_budget: 2,
    shortages.no_room_for_a_title: 2,
    shortages.no_room_for_another_round: 2,
    deletions.conversation_deleted: 4,
    deletions.person_deleted: 2,
    deletions.deleted_among_tools: 2,
}


@asynccontextmanager
async def watched(node: Node) -> AsyncIterator[None]:
    """Rows are linked and requests to stop are found while all goes on.

    Without it nothing that hangs would end, so where it breaks everything does.
    """

    async def watch() -> None:
        sealer = Sealer()
        while True:
            await asyncio.sleep(0.2)
            await node.sweep._stops()
            await node.sweep._dead_nodes()
            await sealer.once()

    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch())
        yield
        watching.cancel()


async def play(stage: Stage) -> None:
    dice = stage.dice
    every = list(OFTEN)
    drawn = dice.choices(every, list(OFTEN.values()), k=max(CONVERSATIONS - len(every), 0))
    room = asyncio.Semaphore(TOGETHER)

    async def act(plot: plots.Plot) -> None:
        async with room:
            await within(plot(stage), plot.__name__)

    scenes = every + drawn
    dice.shuffle(scenes)
    async with watched(stage.node):
        await asyncio.gather(*(act(plot) for plot in scenes))
        # Also those that nobody waits for: calls for titles, rounds after tools.
        await within(quiet(stage.node.relay._tasks), "the rest")


async def quiet(tasks: set[asyncio.Task[None]]) -> None:
    while tasks:
        await asyncio.sleep(0.02)


async def within(work: Awaitable[None], name: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await work
    except TimeoutError:
        raise AssertionError(f"{name} did not end") from None


def assert_rows(stage: Stage) -> None:
    """Each conversation has just the rows that its plot expects."""
    found: dict[str, list[Row]] = {}
    for row in UsageRecord.objects.exclude(purpose="check"):
        conversation = row.conversation_id or stage.orphans[row.completion_id]
        racing = conversation in stage.racing and row.outcome == "stopped"
        source = "?" if racing else row.source
        found.setdefault(conversation, []).append((row.purpose, row.outcome, source))
    wrong = {
        name: (rows, stage.expected.get(name))
        for name, rows in found.items()
        if Counter(rows) != Counter(stage.expected.get(name))
    }
    assert wrong == {}
    assert found.keys() == stage.expected.keys()
    checks = UsageRecord.objects.filter(purpose="check")
    rows = Counter(checks.values_list("purpose", "outcome", "source"))
    assert rows == Counter(stage.checks)


def assert_reports(stage: Stage) -> None:
    """To the token, and in both directions."""
    told, kept = audit.reports_of(stage.provider.calls), audit.reports_in_ledger()
    assert kept - told == Counter()
    unheard = {conversation for conversation, *_ in told - kept}
    assert unheard <= stage.racing


def test_the_ledger_agrees_with_the_providers_own_count(settings: Any) -> None:
    settings.MAX_RUNNING_PER_USER = 1000
    print(f"SIMULATION_SEED={SEED} SIMULATED_CONVERSATIONS={CONVERSATIONS}")

    async def main(provider: CountingProvider) -> Stage:
        settings.PRIVATE_PROVIDERS = [f"127.0.0.1:{provider.port}"]
        async with running_node() as node:
            built = await database.write(world.build, provider.port)
            stage = Stage(node, built, provider, random.Random(SEED))
            await play(stage)
            return stage

    with CountingProvider() as provider:
        stage = asyncio.run(main(provider))
    assert_rows(stage)
    assert_reports(stage)
    audit.assert_nothing_is_less_than_told(stage.provider.calls)
    audit.assert_all_is_counted_once()
    audit.assert_sums_agree()
    audit.assert_budgets_agree()
    audit.assert_chains_hold()
    assert set(stage.refused) == {"over_budget"}
    print(f"{len(provider.calls)} calls, {UsageRecord.objects.count()} rows")
