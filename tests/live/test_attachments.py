"""A file beside a message on its way: to the provider as text, to every viewer as a line."""

import asyncio

import pytest

from chat import database
from chat.domain import attachments
from chat.models import Message, Share, User
from tests.kit import demo_model, demo_server, looking, running_node

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "The figure of the third quarter is 4711."


def test_the_provider_gets_the_text_and_viewers_see_the_file(alice: User, bob: User) -> None:
    async def main() -> None:
        async with demo_server() as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            async with looking(node, alice) as eyes, looking(node, bob) as others:
                first = await eyes.send(model, "Hello")
                await eyes.ended(first["reply"])
                await database.write(share, first["conversation"], bob)
                await others.do("conversation.open", conversation=first["conversation"])
                line = await database.write(
                    attachments.take_in, alice, None, "figures.txt", TEXT.encode()
                )
                sent = await eyes.send(
                    model,
                    "What is the figure?",
                    conversation=first["conversation"],
                    attachments=[str(line.id)],
                )
                await eyes.ended(sent["reply"])
                content = server.calls[-1].messages[-1]["content"]
                assert TEXT in content
                assert content.endswith("What is the figure?")
                made = [it for it in others.events if it["type"] == "message.created"][-1]
                assert f"/attachments/{line.id}/file/" in made["html"]
                refused = await eyes.send(model, "And again?", attachments=[str(line.id)])
                assert (refused["type"], refused["code"]) == ("command.refused", "file_gone")

    asyncio.run(main())
    assert Message.objects.filter(content="And again?").count() == 0


def share(conversation: str, user: User) -> None:
    Share.objects.create(conversation_id=conversation, user=user)
