"""The shown path as turns for a page to print."""

from chat.domain import history
from chat.domain.transcript import FOR_TURNS, Turn, turns_for
from chat.models import Conversation, Message


def path_turns(conversation: Conversation, most: int) -> tuple[list[Turn], bool]:
    """The newest turns of the shown path, at most so many, and whether there are more."""
    ids = history.path_ids(conversation, conversation.leaf_id, newest=most + 1)
    rows = Message.objects.select_related(*FOR_TURNS).in_bulk(ids[-most:])
    messages = [rows[one] for one in ids[-most:] if one in rows]
    history.add_text_so_far(messages)
    return turns_for(messages), len(ids) > most
