"""What a conversation's page shows to whom: the owner, editors, viewers."""

from typing import Any

from chat.domain import access, comments, holders
from chat.models import Conversation, User

# On the page on which a conversation of one's own begins.
NEW = {"can_write": True, "is_owner": True, "shared": False}


def role_context(user: User, conversation: Conversation) -> dict[str, Any]:
    """`shared`: others than the owner can see it, so messages name their authors.

    `unread`: messages with comments that the person has not seen.
    """
    is_owner = conversation.owner_id == user.id
    reach = holders.reach(conversation)
    return {
        "can_write": access.may_write(user, conversation),
        "is_owner": is_owner,
        "shared": reach.is_shared or not is_owner,
        "reach": reach,
        "unread": comments.unread(user, conversation),
        "origin": _origin(user, conversation),
    }


def _origin(user: User, conversation: Conversation) -> Conversation | None:
    """What it was branched or copied from, where this person may see that."""
    if conversation.origin_id is None:
        return None
    return Conversation.objects.readable_by(user).filter(id=conversation.origin_id).first()
