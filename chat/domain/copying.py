"""A copy of a conversation, to continue on one's own."""

from django.db import transaction
from django.utils.translation import gettext as _

from chat.models import Conversation, Message, User

from . import history
from .access import NotFound
from .branches import copy_messages, new_copy


@transaction.atomic
def copy(user: User, conversation: Conversation) -> Conversation:
    """A conversation of the person's own with the whole tree, as far as it is written.

    Raises NotFound.
    """
    readable = Conversation.objects.readable_by(user).filter(id=conversation.id)
    if not user.is_active or not readable.exists():
        raise NotFound
    mine = new_copy(user, conversation, _("Copy of {title}"))
    mine.leaf = _leaf(conversation, copy_messages(conversation, mine))
    mine.save(update_fields=["leaf"])
    return mine


def _leaf(conversation: Conversation, copies: dict[int, Message]) -> Message | None:
    """The end of the path that is shown, or the last before it that was copied."""
    path = history.path_ids(conversation, conversation.leaf_id)
    return next((copies[number] for number in reversed(path) if number in copies), None)
