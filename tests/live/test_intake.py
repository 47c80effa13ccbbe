"""What a browser sends and does not wait for: it is done to its end all the same."""

import asyncio
import json
import uuid
from typing import Any

import pytest

from chat import database
from chat.live.intake import Intake
from chat.live.node import Node
from chat.live.viewer import Viewer, Who
from chat.models import Completion, LanguageModel, User
from chat.models.completion import State
from tests.kit import demo_model, demo_server, running_node

pytestmark = pytest.mark.django_db(transaction=True)


async def nothing(_message: Any) -> None:
    pass


def intake_of(node: Node, user: User) -> Intake:
    who = Who(user.id, "session", "fingerprint", "en", str(user))
    return Intake(node, Viewer(who, nothing, nothing))


def sending(model: LanguageModel) -> str:
    fields = {"conversation": str(uuid.uuid4()), "key": str(uuid.uuid4())}
    command = {"type": "message.send", "ref": 1, "text": "What is Chatsite?", **fields}
    return json.dumps({**command, "language_model": model.id})


async def ended(state: State) -> None:
    rows = Completion.objects.filter(state=state)
    async with asyncio.timeout(30):
        while not await database.read(rows.exists):
            await asyncio.sleep(0.02)


def test_a_page_that_is_closed_while_its_message_is_stored_leaves_no_reply_waiting(
    alice: User,
) -> None:
    """Nobody else takes over what a living node has begun."""

    async def scene() -> None:
        async with demo_server() as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            intake = intake_of(node, alice)
            intake.start()
            intake.take(sending(model))
            while not node.relay._arriving:
                await asyncio.sleep(0)
            await intake.stop()
            await ended(State.COMPLETED)
            assert node.hub.viewers == {}

    asyncio.run(scene())
