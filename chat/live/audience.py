"""Tells the people who may see a conversation, and are here, that something has become of it."""

from collections.abc import Collection
from uuid import UUID

from chat import database
from chat.domain import audience, notices

from .hub import Hub


async def refresh_sidebars(hub: Hub, conversation_id: UUID) -> None:
    """On all their pages, whatever conversation these show."""
    online = {viewer.who.user_id for viewer in hub.everyone}
    for user_id in await database.read(audience.among, conversation_id, online):
        hub.publish_to_user(user_id, {"type": "conversations.changed"})


async def tell_notices(hub: Hub, user_ids: Collection[int]) -> None:
    online = {viewer.who.user_id for viewer in hub.everyone} & set(user_ids)
    if not online:
        return
    for user_id, count in (await database.read(notices.counts, online)).items():
        hub.publish_to_user(user_id, {"type": "notices.changed", "count": count})


async def tell_shared(hub: Hub, conversation_id: UUID) -> None:
    """Whether the owner's page is to name the authors, and to offer comments."""
    if hub.watched(conversation_id):
        shared = await database.read(audience.is_shared, conversation_id)
        hub.publish(
            conversation_id,
            {
                "type": "conversation.shared",
                "conversation": str(conversation_id),
                "shared": shared,
            },
        )
