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
    event = {"type": "conversation.deleted", "conversation": str(conversation_id)}

    def tell(it: node.Node) -> None:
        it.hub.publish(conversation_id, event)
        for viewer in tuple(it.hub.viewers.get(conversation_id, ())):
            it.hub.leave(viewer)
            viewer.event({"type": "conversations.changed"})

    _on_node(tell)
    conversations_changed(owner_id)


def turns_changed(conversation_id: UUID) -> None:
    """Another path is shown, or messages went or came back: pages compare what they show."""
    event = {"type": "conversation.turned", "conversation": str(conversation_id)}
    _on_node(lambda it: it.hub.publish(conversation_id, event))


def shares_changed(conversations: Collection[UUID], user_ids: Collection[int] | None = ()) -> None:
    """Who lost access is sent away at once; `user_ids` (None: all) have seen them in sidebars."""

    async def tell(it: node.Node) -> None:
        await it.sweep.compare_rights()
        for conversation_id in conversations:
            await tell_shared(it.hub, conversation_id)
            await refresh_sidebars(it.hub, conversation_id)
        online = {viewer.who.user_id for viewer in it.hub.everyone}
        for user_id in online if user_ids is None else user_ids:
            it.hub.publish_to_user(user_id, {"type": "conversations.changed"})

    _on_node(lambda it: it.spawn(tell(it)))


def comments_changed(conversation_id: UUID, message_id: int, count: int, by: int) -> None:
    """`count` is how many comments the message has now; `by` is who changed something."""
    event = {
        "type": "comments.changed",
        "conversation": str(conversation_id),
        "message": message_id,
        "count": count,
        "by": by,
    }
    _on_node(lambda it: it.hub.publish(conversation_id, event))


def notices_changed(user_ids: Collection[int]) -> None:
    _on_node(lambda it: it.spawn(tell_notices(it.hub, user_ids)))


def sidebars_changed(conversation_id: UUID) -> None:
    """Of all who may see the conversation."""
    _on_node(lambda it: it.spawn(refresh_sidebars(it.hub, conversation_id)))


def conversations_changed(user_id: int) -> None:
    _on_node(lambda it: it.hub.publish_to_user(user_id, {"type": "conversations.changed"}))


def _on_node(work: Callable[[node.Node], object]) -> None:
    it = node.running()
    if it is not None and not it.loop.is_closed():
        it.loop.call_soon_threadsafe(work, it)
