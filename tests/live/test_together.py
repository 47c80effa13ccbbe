"""Several people at one conversation: each sees what happens, as far as their role goes."""

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.test import Client

from chat import database
from chat.live.node import Node
from chat.live.presence import initials
from chat.models import Conversation, LanguageModel, Share, User
from chat.models.completion import State
from chat.models.share import Role
from tests.kit import Eyes, demo_model, demo_server, looking, running_node

pytestmark = pytest.mark.django_db(transaction=True)

Scene = Callable[[Node, LanguageModel], Awaitable[None]]
AUTHOR = re.compile(r'<h2 class="turn-who turn-author">(.*?)</h2>')


def play(scene: Scene, *, pace: float = 0.0) -> None:
    async def main() -> None:
        async with demo_server(pace) as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            await scene(node, model)

    asyncio.run(main())


@pytest.fixture
def shared(alice: User, bob: User, dana: User) -> Conversation:
    """Alice's; Bob may write in it, Dana may read it."""
    conversation = Conversation.objects.create(owner=alice, title="Moving house")
    Share.objects.create(conversation=conversation, user=bob, role=Role.EDITOR)
    Share.objects.create(conversation=conversation, user=dana, role=Role.VIEWER)
    return conversation


async def join(eyes: Eyes, conversation: Conversation) -> dict[str, Any]:
    return await eyes.do("conversation.open", conversation=str(conversation.id))


def of_type(eyes: Eyes, kind: str) -> list[dict[str, Any]]:
    return [event for event in eyes.events if event["type"] == kind]


def buttons(html: str) -> set[str]:
    return set(re.findall(r'data-(?:action|feature)="(\w+)"', html))


def test_everyone_sees_a_message_and_its_answer_in_their_role(
    shared: Conversation, alice: User, bob: User, dana: User, charlie: User
) -> None:
    seen: dict[str, tuple[str, str]] = {}

    async def scene(node: Node, model: LanguageModel) -> None:
        async with (
            looking(node, alice) as owner,
            looking(node, bob) as editor,
            looking(node, dana) as viewer,
            looking(node, charlie) as stranger,
        ):
            for eyes in (owner, editor, viewer):
                assert (await join(eyes, shared))["type"] == "command.accepted"
            assert (await join(stranger, shared))["code"] == "not_found"
            answer = await editor.send(model, "What is Chatsite?", conversation=str(shared.id))
            for name, eyes in {"alice": owner, "bob": editor, "dana": viewer}.items():
                assert await eyes.ended(answer["reply"]) == State.COMPLETED
                (created,) = of_type(eyes, "message.created")
                (ended,) = of_type(eyes, "reply.ended")
                assert created["by"] == bob.id
                assert eyes.blocks[answer["reply"]] == editor.blocks[answer["reply"]]
                seen[name] = created["html"], ended["html"]
            assert [event["type"] for event in stranger.events] == ["command.refused"]

    play(scene)
    authors = {name: AUTHOR.findall(created) for name, (created, _) in seen.items()}
    assert authors == {"alice": ["Bob Brunner"], "bob": ["You"], "dana": ["Bob Brunner"]}
    assert {"editor"} == {"editor"} & buttons(seen["alice"][0]) & buttons(seen["bob"][0])
    assert "regenerate" in buttons(seen["alice"][1]) & buttons(seen["bob"][1])
    assert not {"editor", "regenerate"} & (buttons(seen["dana"][0]) | buttons(seen["dana"][1]))
    for person in (alice, bob, dana):
        agrees_with_the_page(person, shared, *seen[person.email.split("@")[0]])


def agrees_with_the_page(person: User, shared: Conversation, created: str, ended: str) -> None:
    client = Client()
    client.force_login(person)
    page = client.get(f"/c/{shared.id}/transcript/").content.decode()
    assert AUTHOR.findall(page) == AUTHOR.findall(created)
    assert buttons(page) == buttons(created) | buttons(ended)


def test_two_who_send_at_the_same_time_both_get_their_answer_one_after_the_other(
    shared: Conversation, alice: User, bob: User
) -> None:
    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as one, looking(node, bob) as other:
            for eyes in (one, other):
                await join(eyes, shared)
            where = {"conversation": str(shared.id)}
            answers = await asyncio.gather(
                one.send(model, "/demo steady 50 1", **where), other.send(model, "Hello", **where)
            )
            assert [answer["type"] for answer in answers] == ["command.accepted"] * 2
            replies = [answer["reply"] for answer in answers]
            for eyes in (one, other):
                assert [await eyes.ended(reply) for reply in replies] == [State.COMPLETED] * 2
                created = of_type(eyes, "message.created")
                assert sorted(event["messages"][-1] for event in created) == sorted(replies)
                assert "Waiting for the answer before it" not in created[0]["html"]
                assert "Waiting for the answer before it" in created[1]["html"]
                ended = [event["reply"] for event in of_type(eyes, "reply.ended")]
                assert ended == [event["messages"][-1] for event in created]

    play(scene)
    path = list(shared.messages.order_by("id").values_list("id", "parent_id"))
    assert [parent for _, parent in path] == [None, *(message for message, _ in path[:-1])]


def test_a_viewer_may_change_nothing_and_is_told_so(
    shared: Conversation, alice: User, dana: User
) -> None:
    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as owner, looking(node, dana) as viewer:
            sent = await owner.send(model, "/demo steady 20 2", conversation=str(shared.id))
            await join(viewer, shared)
            where = {"conversation": str(shared.id)}
            keyed = where | {"key": str(uuid.uuid4())}
            refused = [
                await viewer.do("reply.stop", reply=sent["reply"], **where),
                await viewer.do("reply.regenerate", reply=sent["reply"], **keyed),
                await viewer.send(model, "Hello", **where),
            ]
            words = "You may read this conversation, but not write in it."
            assert [(it["code"], it["words"]) for it in refused] == [("read_only", words)] * 3
            assert await owner.ended(sent["reply"]) == State.COMPLETED

    play(scene)


async def company(eyes: Eyes, *names: str) -> None:
    """Waits until the page names exactly these people."""
    await eyes.until(
        lambda event: (
            event["type"] == "people.changed"
            and [person["name"] for person in event["people"]] == list(names)
        )
    )


def test_those_who_are_here_see_each_other_and_nobody_else_does(
    shared: Conversation, alice: User, bob: User, dana: User, charlie: User
) -> None:
    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as owner, looking(node, charlie) as stranger:
            await join(owner, shared)
            await join(stranger, shared)
            async with (
                looking(node, bob) as tab,
                looking(node, bob) as other_tab,
                looking(node, dana) as viewer,
            ):
                for eyes in (tab, other_tab, viewer):
                    await join(eyes, shared)
                await company(owner, "Bob Brunner", "Dana Dürr")
                await company(tab, "Alice Adler", "Dana Dürr")
                await company(viewer, "Alice Adler", "Bob Brunner")
                told = len(of_type(owner, "people.changed"))
                node.hub.leave(other_tab.viewer)
                await asyncio.sleep(0.5)
                assert len(of_type(owner, "people.changed")) == told
            await company(owner)
            assert of_type(stranger, "people.changed") == []

    play(scene)


def test_alone_one_is_told_of_nobody(shared: Conversation, alice: User) -> None:
    async def scene(node: Node, model: LanguageModel) -> None:
        async with looking(node, alice) as owner, looking(node, alice) as tab:
            await join(owner, shared)
            await join(tab, shared)
            await asyncio.sleep(0.5)
            assert of_type(owner, "people.changed") == []

    play(scene)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bob Brunner", "BB"),
        ("Anna Maria von Muster", "AM"),
        ("Bob", "B"),
        ("bob.brunner@example.org", "BB"),
        ("élodie", "É"),
        ("@", ""),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected
