"""Tells open sockets what a page has changed. Safe to call from any thread, after the commit."""

from collections.abc import Callable, Collection
from uuid import UUID

from chat.models import Conversation

from . import node
from .audience import refresh_sidebars, tell_notices, tell_shared


def renamed(conversation: Conversation) -> None:
    event = {
        "type": "conversation.renamed",
        "conversation": str(conversation.id),
        "title": conversation.title,
    }
    _on_node(lambda it: it.hub.publish(conversation.id, event))
    sidebars_changed(conversation.id)


def deleted(conversation_id: UUID, owner_id: int) -> None:
    """Running replies of it are stopped by the sweep, which finds their stop requests."""
    all_deleted([conversation_id], owner_id)


def all_deleted(ids: Iterable[UUID], owner_id: int) -> None:
    """Of one person: the sidebar is told once."""
    for conversation_id in ids:
        _on_node(partial(_tell_deleted, conversation_id))
    conversations_changed(owner_id)


def conversations_changed(user_id: int) -> None:
    _on_node(lambda it: it.hub.publish_to_user(user_id, {"type": "conversations.changed"}))


def _tell_deleted(conversation_id: UUID, it: node.Node) -> None:
    it.hub.publish(
        conversation_id, {"type": "conversation.deleted", "conversation": str(conversation_id)}
    )
    for viewer in tuple(it.hub.viewers.get(conversation_id, ())):
        it.hub.leave(viewer)


def _on_node(work: Callable[[node.Node], None]) -> None:
    it = node.running()
    if it is not None and not it.loop.is_closed():
        it.loop.call_soon_threadsafe(work, it)
