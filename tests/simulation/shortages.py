"""Plots in which a budget has no room: for the question, for the rest of an answer, for a title."""

import asyncio
from decimal import Decimal
from typing import Any

from chat import database
from chat.models import Budget, Completion, User
from tests.simulation.plans import Act, Plan
from tests.simulation.plots import DONE, plan, some
from tests.simulation.stage import Stage

# Tokens. One call may reserve it, and the provider reports more for each one.
LITTLE = 1000
SHORT = {"max_tokens": 50}


async def over_budget(stage: Stage) -> None:
    await stage.refusal(stage.send(stage.world.people[-1], plan(stage)))


async def no_room_for_a_title(stage: Stage) -> None:
    """The first words stay; the next question is refused."""
    user = await database.write(_person_with_little, stage.dice.getrandbits(64))
    script = plan(stage, some(stage))
    await stage.ended(await stage.send(user, script, parameters=SHORT))
    stage.expect(script, DONE)
    await stage.refusal(stage.send(user, plan(stage)))


async def no_room_for_another_round(stage: Stage) -> None:
    """The answer ends there, and its next call, which was never sent, is recorded as that."""
    user = await database.write(_person_with_little, stage.dice.getrandbits(64))
    script = plan(stage, Act(tool=True))
    await stage.ended(await stage.send(user, script, "tools", parameters=SHORT))
    while await database.read(_calls, script) < 2:
        await asyncio.sleep(0.05)
    stage.expect(script, DONE, ("answer", "failed", "unknown"))


def _calls(script: Plan) -> int:
    return Completion.objects.filter(conversation=script.conversation).count()


def _person_with_little(number: int) -> int:
    user = User.objects.create_user(f"short{number}@example.org")
    fields: dict[str, Any] = {"period": "day", "unit": "tokens", "limit": Decimal(LITTLE)}
    Budget.objects.create(user=user, **fields)
    return user.id
