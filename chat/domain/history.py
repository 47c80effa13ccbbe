"""Reading the tree of a conversation: the path that is shown, alternatives, text on its way."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from chat.models import Conversation, Message, ReplyChunk, UsageRecord
from chat.models.completion import Part
from chat.models.message import Role

from . import choices

# Each step is a look into the index of the key: the conversation's size does not matter.
UPWARDS = """
WITH RECURSIVE path (id, parent_id, step) AS (
    SELECT id, parent_id, 1 FROM chat_message
    WHERE id = %s AND conversation_id = %s AND deletion IS NULL
  UNION ALL
    SELECT above.id, above.parent_id, path.step + 1
    FROM path JOIN chat_message above ON above.id = path.parent_id
    WHERE above.deletion IS NULL AND path.step < %s
)
"""
IDS = " SELECT id FROM path ORDER BY step DESC"
MESSAGES = """
SELECT it.id, it.role, it.content, it.finish_reason, it.calls_open
FROM path JOIN chat_message it ON it.id = path.id ORDER BY path.step DESC
"""
DOWNWARDS = """
WITH RECURSIVE path (id, step) AS (
    SELECT CAST(%s AS bigint), 1
  UNION ALL
    SELECT (
        SELECT MAX(below.id) FROM chat_message below
        WHERE below.parent_id = path.id AND below.deletion IS NULL
    ), path.step + 1
    FROM path WHERE path.id IS NOT NULL
)
SELECT id FROM path WHERE id IS NOT NULL ORDER BY step DESC LIMIT 1
"""
# More than any path has.
NO_LIMIT = 2**31


class Said(NamedTuple):
    """What a prompt takes of a message: a long path is thousands of them."""

    id: int
    role: str
    content: str
    finish_reason: str
    calls_open: bool

    @property
    def may_have_calls(self) -> bool:
        """As of a Message."""
        return self.role == Role.ASSISTANT and self.finish_reason != "stop"


def path_ids(conversation: Conversation, leaf_id: int | None, newest: int = NO_LIMIT) -> list[int]:
    """The ids from the first message to the leaf, or the `newest` of them. One query.

    Empty when the leaf is deleted or another conversation's.
    """
    if leaf_id is None:
        return []
    return [row[0] for row in _upwards(IDS, conversation, leaf_id, newest)]


def path(conversation: Conversation, leaf_id: int | None) -> list[Said]:
    """What was said from the first message to the leaf. One query."""
    if leaf_id is None:
        return []
    return [Said(*row) for row in _upwards(MESSAGES, conversation, leaf_id, NO_LIMIT)]


def _upwards(
    select: str, conversation: Conversation, leaf_id: int, newest: int
) -> list[tuple[Any, ...]]:
    key = Conversation._meta.pk.get_db_prep_value(conversation.id, connection)
    with connection.cursor() as cursor:
        cursor.execute(UPWARDS + select, [leaf_id, key, newest])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def leaf_below(conversation: Conversation, message: Message) -> int:
    """The newest end below a message: the leaf of the branch that is opened with it. One query."""
    assert message.conversation_id == conversation.id
    with connection.cursor() as cursor:
        cursor.execute(DOWNWARDS, [message.id])
        return int(cursor.fetchone()[0])


def show_branch(conversation: Conversation, message: Message) -> None:
    """Makes the newest end below this message the path that is shown."""
    conversation.leaf_id = leaf_below(conversation, message)
    conversation.save(update_fields=["leaf"])
    choices.keep(message)


def siblings(messages: Collection[Message]) -> dict[int, list[int]]:
    """For each message the ids of its alternatives in order, itself included. One query.

    The messages are of one conversation.
    """
    if not messages:
        return {}
    groups: dict[tuple[int | None, str], list[int]] = {}
    for message_id, parent_id, role in _beside(messages).values_list("id", "parent_id", "role"):
        groups.setdefault((parent_id, role), []).append(message_id)
    return {it.id: groups.get((it.parent_id, it.role), [it.id]) for it in messages}


def _beside(messages: Collection[Message]) -> QuerySet[Message]:
    """The messages with the same parents, in order."""
    parents = {message.parent_id for message in messages}
    beside = Q(parent__in=parents - {None})
    if None in parents:
        conversation_id = next(iter(messages)).conversation_id
        beside |= Q(conversation=conversation_id, parent=None)
    return Message.objects.filter(beside).order_by("id")


def add_text_so_far(messages: Iterable[Message]) -> None:
    """Puts the stored chunks of running replies into `content` and `reasoning`, unsaved."""
    running = {message.id: message for message in messages if _is_open(message)}
    if not running:
        return
    for chunk in ReplyChunk.objects.filter(reply__in=running).order_by("reply", "seq"):
        message = running[chunk.reply_id]
        if chunk.part == Part.REASONING:
            message.reasoning += chunk.text
        else:
            message.content += chunk.text


def _is_open(message: Message) -> bool:
    return message.completion is not None and message.completion.is_open


def usage_of(messages: Iterable[Message]) -> dict[object, UsageRecord]:
    """The ledger's rows of these replies, by completion id."""
    ids = [message.completion_id for message in messages if _has_ended(message)]
    if not ids:
        return {}
    return {row.completion_id: row for row in UsageRecord.objects.filter(completion_id__in=ids)}


def _has_ended(message: Message) -> bool:
    return message.completion_id is not None and not _is_open(message)


def rename(conversation: Conversation, title: str) -> None:
    """The name that a person gave it: no other one is made any more."""
    conversation.title = " ".join(title.split())[:200]
    conversation.titled = True
    conversation.save(update_fields=["title", "titled"])
