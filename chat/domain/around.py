"""A part of a conversation around one message, on whichever branch that is."""

from dataclasses import dataclass, replace

from chat.models import Conversation, Message

from . import history
from .transcript import PAGE, Transcript, transcript

# So many turns after the message are shown with it.
AFTER = PAGE // 2


@dataclass(frozen=True, slots=True)
class Around:
    """`later` is the id to ask for later turns with, on the way to `leaf`; None at its end.

    `is_newest`: it is what the page shows anyway. `is_shown`: the branch is the one shown.
    """

    transcript: Transcript
    message: int
    leaf: int
    later: int | None
    is_newest: bool
    is_shown: bool


def around(conversation: Conversation, message: Message) -> Around:
    """The number of queries does not depend on the number of messages."""
    ids = history.path_ids(conversation, conversation.leaf_id)
    is_shown = message.id in ids
    if is_shown and message.id in ids[-PAGE:]:
        shown = transcript(conversation)
        return Around(shown, message.id, ids[-1], None, is_newest=True, is_shown=True)
    leaf = conversation.leaf_id if is_shown else history.leaf_below(conversation, message)
    if not is_shown:
        ids = history.path_ids(conversation, leaf)
    end = min(ids.index(message.id) + AFTER, len(ids) - 1)
    turns = transcript(conversation, leaf_id=ids[end])
    later = ids[end] if end < len(ids) - 1 else None
    return Around(turns, message.id, ids[-1], later, is_newest=False, is_shown=is_shown)


def after(conversation: Conversation, message: Message, leaf: Message) -> Around | None:
    """The turns that follow the message on the way to the leaf; None when it is not on that way."""
    ids = history.path_ids(conversation, leaf.id)
    if message.id not in ids[:-1]:
        return None
    begin = ids.index(message.id) + 1
    end = min(begin + PAGE, len(ids)) - 1
    page = transcript(conversation, leaf_id=ids[end])
    wanted = set(ids[begin : end + 1])
    turns = [turn for turn in page.turns if turn.message.id in wanted]
    later = ids[end] if end < len(ids) - 1 else None
    shown = replace(page, turns=turns, earlier=None)
    is_shown = leaf.id == conversation.leaf_id
    return Around(shown, message.id, leaf.id, later, is_newest=False, is_shown=is_shown)
