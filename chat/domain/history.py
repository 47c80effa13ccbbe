"""Reading and keeping conversations: the path through the tree, titles, rename, delete."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now

from chat.models import Completion, Conversation, Message, ReplyChunk, UsageRecord
from chat.models.completion import OPEN, Part

TITLE_CHARACTERS = 60


def path_ids(conversation: Conversation, leaf_id: int | None) -> list[int]:
    """The ids from the first message to the leaf."""
    parents = dict(Message.objects.filter(conversation=conversation).values_list("id", "parent_id"))
    path: list[int] = []
    while leaf_id is not None and leaf_id in parents:
        path.append(leaf_id)
        leaf_id = parents[leaf_id]
    return path[::-1]


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


def title_from(text: str) -> str:
    """The first sentence of a prompt, cut at a word, without markdown's signs."""
    line = next((line for line in map(_plain, text.splitlines()) if line), "")
    sentence = re.split(r"(?<=[.?!])\s", line, maxsplit=1)[0]
    if len(sentence) <= TITLE_CHARACTERS:
        return sentence
    cut = sentence[:TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:-")
    return f"{cut}…"


def _plain(line: str) -> str:
    return " ".join(re.sub(r"[#*_`>|~\[\]]+", " ", line).split())


def rename(conversation: Conversation, title: str) -> None:
    conversation.title = " ".join(title.split())[:200]
    conversation.save(update_fields=["title"])


@transaction.atomic
def delete(conversation: Conversation) -> None:
    """Removes the conversation and its texts; running replies are stopped, the ledger stays."""
    Completion.objects.filter(conversation=conversation, state__in=OPEN).update(
        stop_requested_at=Now()
    )
    ReplyChunk.objects.filter(reply__conversation=conversation).delete()
    conversation.delete()


def show_branch(conversation: Conversation, message: Message) -> None:
    """Makes the newest end below this message the path that is shown."""
    rows = Message.objects.filter(conversation=conversation).order_by("id")
    children = dict(rows.values_list("parent_id", "id"))
    leaf = message.id
    while leaf in children:
        leaf = children[leaf]
    conversation.leaf_id = leaf
    conversation.save(update_fields=["leaf"])


def siblings(messages: Iterable[Message]) -> dict[int, list[int]]:
    """For each message the ids of its alternatives in order, itself included."""
    messages = list(messages)
    if not messages:
        return {}
    groups: dict[tuple[int | None, str], list[int]] = {}
    rows = Message.objects.filter(conversation=messages[0].conversation_id).order_by("id")
    for message_id, parent_id, role in rows.values_list("id", "parent_id", "role"):
        groups.setdefault((parent_id, role), []).append(message_id)
    return {message.id: groups[message.parent_id, message.role] for message in messages}
