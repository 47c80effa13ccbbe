"""Plots in which what was asked in, or who asked, is deleted meanwhile."""

import asyncio
from typing import Any

from chat import database
from chat.domain import filing, leaving
from chat.models import Conversation, User
from tests.simulation.plans import Act
from tests.simulation.plots import STUCK, plan
from tests.simulation.stage import Stage


async def conversation_deleted(stage: Stage) -> None:
    """While one answer is written and another one waits."""
    script = plan(stage, STUCK)
    user = stage.person()
    started = await stage.send(user, script)
    await stage.written(started, words=True)
    waiting = await stage.send(user, script) if stage.dice.random() < 0.5 else None
    await database.write(_delete, Conversation.objects.filter(id=script.conversation))
    await stage.ended(started)
    stage.expect(script, ("answer", "stopped", "estimated"))
    if waiting is not None:
        stage.orphans[waiting.completion.id] = script.conversation
        await stage.ended(waiting)
        stage.expect(script, ("answer", "stopped", "unknown"))


def _delete(conversations: Any) -> None:
    filing.delete(list(conversations.select_related("owner")))


async def person_deleted(stage: Stage) -> None:
    user = await database.write(_newcomer, stage.dice.getrandbits(64))
    usage = stage.dice.choice(["none", "each"])
    script = plan(stage, Act(words=2, usage=usage, end="hang"))
    started = await stage.send(user.id, script)
    await stage.written(started, words=True)
    await database.write(leaving.delete_account, user)
    await stage.ended(started)
    stage.expect(script, ("answer", "stopped", "estimated"))


async def deleted_among_tools(stage: Stage) -> None:
    """The second round is on its way."""
    user = await database.write(_newcomer, stage.dice.getrandbits(64))
    rounds = (Act(tool=True), Act(words=2, usage="each", end="hang"))
    script = plan(stage, *rounds)
    await stage.send(user.id, script, "tools")
    while stage.provider.counter.asked[script.conversation] < len(rounds):
        await asyncio.sleep(0.02)
    await database.write(leaving.delete_account, user)
    stage.expect(script, ("answer", "completed", "reported"), ("answer", "stopped", "estimated"))


def _newcomer(number: int) -> User:
    return User.objects.create_user(f"newcomer{number}@example.org")
