"""Every command of the socket, tried by everybody on Alice's conversation."""

import uuid
from typing import Any

import pytest

from chat.live.node import Node
from chat.models import Completion, Conversation, Message, User
from chat.protocol import COMMANDS
from tests.security.conftest import CONTENT
from tests.security.doors import Things
from tests.security.sockets import headers, inside, knocking, play, session_for
from tests.security.test_socket_messages import complaints

pytestmark = pytest.mark.django_db(transaction=True)

STRANGERS = ("charlie", "dana", "erin")


def fields(kind: str, things: Things) -> dict[str, Any]:
    """A well-made command about Alice's conversation. A new command needs a line here."""
    where = {"conversation": str(things.conversation.id)}
    keyed = where | {"key": str(uuid.uuid4())}
    reply = things.conversation.leaf_id
    return {
        "conversation.open": where,
        "conversation.seen": where,
        "message.send": keyed | {"text": "Hello", "language_model": things.model.id},
        "message.edit": keyed | {"message": things.question.id, "text": "Hello"},
        "reply.regenerate": keyed | {"reply": reply},
        "reply.continue": keyed | {"reply": reply},
        "reply.stop": where | {"reply": reply},
        "tool.answer": keyed | {"message": reply, "call": 0, "decision": "allow"},
    }[kind]


WITHOUT_A_MESSAGE = {"conversation.open", "conversation.seen", "message.send"}
# Who may do what: a new command needs a rule, too.
RULES = {
    "conversation.open": "readers",
    "conversation.seen": "readers",
    "message.send": "editors",
    "message.edit": "editors",
    "reply.regenerate": "editors",
    "reply.continue": "editors",
    "reply.stop": "editors",
    "tool.answer": "editors",
    # They concern the socket itself and no conversation.
    "ping": "everybody",
    "frames.acknowledge": "everybody",
}
ABOUT_CONVERSATIONS = sorted(kind for kind, rule in RULES.items() if rule != "everybody")


def test_every_command_has_a_rule() -> None:
    assert RULES.keys() == COMMANDS.keys()


def counts() -> tuple[int, int, int]:
    return Conversation.objects.count(), Message.objects.count(), Completion.objects.count()


@pytest.mark.parametrize("person", STRANGERS)
def test_a_stranger_is_refused_every_command_and_shown_nothing(
    person: str,
    things: Things,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = session_for(request.getfixturevalue(person))
    before = counts()

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            for kind in ABOUT_CONVERSATIONS:
                answer = await socket.do(kind, **fields(kind, things))
                assert (answer["type"], answer["code"]) == ("command.refused", "not_found"), kind
            assert CONTENT not in str(socket.events)
            assert node.hub.viewers == {}

    play(scene)
    assert counts() == before
    assert complaints(caplog) == []


@pytest.mark.parametrize("person", ["alice", "frida"])
def test_the_owner_and_editors_may_do_all_of_it(
    person: str, things: Things, request: pytest.FixtureRequest, settings: Any
) -> None:
    # On a slow machine the first answers still run when the last one is asked for.
    settings.MAX_RUNNING_PER_USER = 100
    session = session_for(request.getfixturevalue(person))

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            for ref, kind in enumerate(ABOUT_CONVERSATIONS, start=1):
                answer = await socket.do(kind, ref, **fields(kind, things))
                # Nobody listens at this provider: after a while it is not even asked.
                assert answer.get("code") in (None, "provider_failing"), (kind, answer)

    play(scene)


@pytest.mark.parametrize("person", ["bob", "gino"])
def test_viewers_and_holders_of_a_link_look_and_change_nothing(
    person: str, things: Things, request: pytest.FixtureRequest
) -> None:
    session = session_for(request.getfixturevalue(person))
    before = counts()

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            for ref, kind in enumerate(ABOUT_CONVERSATIONS, start=1):
                answer = await socket.do(kind, ref, **fields(kind, things))
                expected = None if RULES[kind] == "readers" else "read_only"
                assert answer.get("code") == expected, (kind, answer)

    play(scene)
    assert counts() == before


def test_nobody_else_gets_as_far_as_a_command(things: Things, bob: User) -> None:
    session = session_for(bob)
    User.objects.filter(id=bob.id).update(is_active=False)

    async def scene(node: Node) -> None:
        for given in (headers(session), headers()):
            async with knocking(given) as socket:
                assert not await socket.knock()

    play(scene)


def test_a_message_of_another_conversation_is_not_found_through_mine(
    things: Things, charlie: User
) -> None:
    session = session_for(charlie)
    mine = {"conversation": str(Conversation.objects.create(owner=charlie).id)}
    before = counts()

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            for kind in sorted(set(ABOUT_CONVERSATIONS) - WITHOUT_A_MESSAGE):
                answer = await socket.do(kind, **fields(kind, things) | mine)
                assert answer["code"] == "not_found", kind

    play(scene)
    assert counts() == before


def test_a_conversation_that_does_not_exist_is_answered_the_same(
    things: Things, charlie: User
) -> None:
    session = session_for(charlie)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            theirs = await socket.do("conversation.open", **fields("conversation.open", things))
            nobodys = await socket.do("conversation.open", conversation=str(uuid.uuid4()))
            for answer in (theirs, nobodys):
                answer.pop("at")
            assert theirs == nobodys

    play(scene)


def test_a_refused_open_leaves_the_viewer_where_it_was(things: Things, charlie: User) -> None:
    session = session_for(charlie)
    mine = Conversation.objects.create(owner=charlie)

    async def scene(node: Node) -> None:
        async with inside(session) as socket:
            await socket.do("conversation.open", conversation=str(mine.id))
            await socket.do("conversation.open", **fields("conversation.open", things))
            assert list(node.hub.viewers) == [mine.id]

    play(scene)
