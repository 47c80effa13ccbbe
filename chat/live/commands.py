"""Does what a socket's command asks for, and answers."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat import database
from chat.domain import (
    access,
    audience,
    begin,
    endings,
    progress,
    replies,
    rights,
    tool_calls,
    transcript,
    visits,
)
from chat.domain.errors import Draining, Refused
from chat.domain.replies import Started
from chat.domain.runs import Run
from chat.models import User
from chat.protocol import (
    Acknowledge,
    AnswerTool,
    Command,
    ContinueReply,
    EditMessage,
    OpenConversation,
    Ping,
    RegenerateReply,
    SeeConversation,
    SendMessage,
    StopReply,
)

from .audience import refresh_sidebars
from .mailbox import Event
from .node import Node
from .present import author_of, created_events
from .running import Running
from .viewer import Viewer, Who

logger = logging.getLogger(__name__)

NOT_THERE = _("This conversation is not there, or not for you.")
WENT_WRONG = _("Something went wrong. Tell your administrator this reference: {ref}.")
READ_ONLY = _("You may read this conversation, but not write in it.")
TOO_FAST = _("That was too fast. Wait a moment, then send it again.")

STARTERS: dict[type[Any], Callable[[User, Any, str], Started]] = {
    SendMessage: replies.send,
    EditMessage: replies.edit,
    RegenerateReply: replies.regenerate,
    ContinueReply: replies.continue_reply,
}


async def handle(node: Node, viewer: Viewer, command: Command) -> None:
    """Answers every command but acknowledgements and pings with accepted or refused."""
    if isinstance(command, Acknowledge):
        viewer.acknowledge(command.bytes)
        return
    if isinstance(command, Ping):
        viewer.event({"type": "pong"})
        return
    try:
        answer = await _handler(command)(node, viewer, command)
    except Refused as refused:
        viewer.event(_refusal(viewer, command.ref, refused.code, refused.words))
    except access.ReadOnly:
        viewer.event(_refusal(viewer, command.ref, "read_only", READ_ONLY))
    except access.NotFound:
        viewer.event(_refusal(viewer, command.ref, "not_found", NOT_THERE))
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("command %s failed, reference %s", command.type, reference)
        words = format_lazy(WENT_WRONG, ref=reference)
        viewer.event(_refusal(viewer, command.ref, "internal", words))
    else:
        viewer.event({"type": "command.accepted", "ref": command.ref, **answer})


def _refusal(viewer: Viewer, ref: int, code: str, words: object) -> Event:
    with translation.override(viewer.who.language):
        return {"type": "command.refused", "ref": ref, "code": code, "words": str(words)}


def too_fast(viewer: Viewer, ref: int) -> Event:
    return _refusal(viewer, ref, "rate", TOO_FAST)


Handler = Callable[[Node, Viewer, Any], Awaitable[Event]]


def _handler(command: Command) -> Handler:
    if type(command) in STARTERS:
        return _start
    return OTHERS[type(command)]


async def _open(node: Node, viewer: Viewer, command: OpenConversation) -> Event:
    """Asks for the right, joins, and reads only then, so that nothing falls between."""
    role = await database.read(_may_open, viewer.who.user_id, command)
    node.hub.join(viewer, command.conversation, role)
    opened, running = await database.read(_opened, viewer, command)
    if viewer.conversation_id != command.conversation:
        # Sent away while it was read.
        raise access.NotFound
    viewer.event(opened)
    for reply_id in running:
        await node.hub.show(viewer, reply_id)
    await _see(node, viewer, command)
    return {}


async def _see(node: Node, viewer: Viewer, command: OpenConversation | SeeConversation) -> Event:
    """What was unread is so no longer, on the person's other pages, too."""
    if await database.write(_seen, viewer.who.user_id, command.conversation):
        node.hub.publish_to_user(viewer.who.user_id, {"type": "conversations.changed"})
    return {}


def _seen(user_id: int, conversation_id: UUID) -> bool:
    return visits.see(access.person(user_id), conversation_id)


def _may_open(user_id: int, command: OpenConversation) -> str:
    conversation = access.conversation_read(access.person(user_id), command.conversation)
    return _role(user_id, conversation.id)


def _role(user_id: int, conversation_id: UUID) -> str:
    """Raises access.NotFound where the right was lost a moment ago."""
    role = rights.roles_of({(user_id, conversation_id)}).get((user_id, conversation_id))
    if role is None:
        raise access.NotFound
    return role


def _opened(viewer: Viewer, command: OpenConversation) -> tuple[Event, list[int]]:
    user = access.person(viewer.who.user_id)
    conversation = access.conversation_read(user, command.conversation)
    running = progress.running_in(conversation)
    event = {
        "type": "conversation.opened",
        "ref": command.ref,
        "conversation": str(conversation.id),
        "title": conversation.title,
        "role": viewer.role,
        "shared": viewer.role != "owner" or audience.is_shared(conversation.id),
        "turns": transcript.states(conversation),
    }
    return event, [reply.id for reply in running]


async def _start(node: Node, viewer: Viewer, command: Any) -> Event:
    if node.draining:
        raise Draining
    make = STARTERS[type(command)]
    with node.relay.arrival():
        started, run = await database.write(_started, viewer.who, make, command, node.id)
        running = node.relay.start(run) if run is not None else None
    conversation_id = started.conversation.id
    if viewer.conversation_id != conversation_id:
        role = "owner" if started.conversation.owner_id == viewer.who.user_id else "editor"
        node.hub.join(viewer, conversation_id, role)
    if started.again:
        await node.hub.show(viewer, started.reply.id)
    else:
        await _show_new(node, viewer, started, running)
    return {
        "conversation": str(conversation_id),
        "reply": started.reply.id,
        "again": started.again,
    }


async def _show_new(node: Node, viewer: Viewer, started: Started, running: Running | None) -> None:
    """The call to the provider has begun; its end waits until the message is shown."""
    if running is None:
        node.relay.wait(started.completion.id)
    conversation_id = started.conversation.id
    try:
        author_id = author_of(started)
        looks = node.hub.looks(conversation_id, author_id)
        events = await database.read(created_events, started, looks)
        node.hub.publish_in_looks(conversation_id, events, author_id)
        await refresh_sidebars(node.hub, conversation_id)
        for reply in started.replies:
            nothing_yet = running is None or not running.has_text
            begun = reply.content if nothing_yet else None
            await node.hub.begin(conversation_id, reply.id, begun)
    finally:
        if running is not None:
            running.shown.set()


def _started(
    who: Who, make: Callable[[User, Any, str], Started], command: Any, node_id: str
) -> tuple[Started, Run | None]:
    """Sent twice at one instant, the first message of a conversation makes it once."""
    try:
        return _made(who, make, command, node_id)
    except IntegrityError:
        # The other one has made it meanwhile: now it is found.
        return _made(who, make, command, node_id)


def _made(
    who: Who, make: Callable[[User, Any, str], Started], command: Any, node_id: str
) -> tuple[Started, Run | None]:
    """Both steps in one transaction: the first token does not wait for a second one."""
    user = access.person(who.user_id)
    with transaction.atomic(), translation.override(who.language):
        started = make(user, command, node_id)
        if started.again:
            return started, None
        before = started.messages[:1] if started.new_conversation else None
        return started, begin.take(started.completion, started.replies, node_id, before)


async def _stop(node: Node, viewer: Viewer, command: StopReply) -> Event:
    completion_id, round_of = await database.write(_requested, viewer.who.user_id, command)
    if completion_id is not None:
        await node.relay.stop(completion_id)
    if round_of is not None:
        node.relay.toolbox.stop(command.reply)
        await node.relay.toolbox.show(command.conversation, command.reply)
        await node.relay.show_end(round_of)
    return {}


def _requested(user_id: int, command: StopReply) -> tuple[UUID | None, endings.Ended | None]:
    """The completion that is to stop, and the reply whose round of tools has ended by it."""
    user = access.person(user_id)
    asked = progress.request_stop(user, command.conversation, command.reply)
    if not tool_calls.stop(user, command.conversation, command.reply):
        return asked, None
    return asked, endings.ended_by_hand(command.conversation, command.reply)


async def _answer(node: Node, viewer: Viewer, command: AnswerTool) -> Event:
    """Also when it came too late: the page shows then what became of the call."""
    if node.draining:
        raise Draining
    runs = await database.write(_answered, viewer.who, command, node.id)
    toolbox = node.relay.toolbox
    if runs:
        node.relay.run_tools(command.conversation, command.message, command.call)
        return {}
    await toolbox.show(command.conversation, command.message)
    await toolbox.go_on(command.message)
    return {}


def _answered(who: Who, command: AnswerTool, node_id: str) -> bool:
    with translation.override(who.language):
        return tool_calls.answer(access.person(who.user_id), command, node_id)


OTHERS: dict[type[Any], Handler] = {
    OpenConversation: _open,
    SeeConversation: _see,
    StopReply: _stop,
    AnswerTool: _answer,
}
