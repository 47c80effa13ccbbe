"""Putting conversations where their owner finds them again, or away: many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Now

from chat.models import Completion, Conversation, Folder, ReplyChunk, Share
from chat.models.audit_event import Verb

from . import audit, holds


class Action(StrEnum):
    """What is done to conversations without a question."""

    PIN = "pin"
    UNPIN = "unpin"
    ARCHIVE = "archive"
    RESTORE = "restore"


CHANGES: dict[Action, dict[str, Any]] = {
    Action.PIN: {"pinned_at": Now(), "archived_at": None},
    Action.UNPIN: {"pinned_at": None},
    Action.ARCHIVE: {"archived_at": Now(), "pinned_at": None},
    Action.RESTORE: {"archived_at": None},
}


@dataclass(frozen=True, slots=True)
class Removed:
    """`held`: how many are under a legal hold and stay."""

    ids: tuple[UUID, ...]
    held: int


def file(conversations: Collection[Conversation], action: Action) -> None:
    """One query."""
    _rows(conversations).update(**CHANGES[action])


@transaction.atomic
def move(conversations: Collection[Conversation], folder: Folder | None) -> None:
    """Two queries, and the events where a shared folder gives access to it or takes it away.

    The conversations belong to one person. Whoever sees the folder sees what is put into it.
    """
    changed = _rows(conversations).exclude(folder=folder) if folder else _rows(conversations)
    _record_moves(conversations, folder)
    changed.update(folder=folder, rights_version=F("rights_version") + Value(1))


def _record_moves(conversations: Collection[Conversation], folder: Folder | None) -> None:
    there = folder.id if folder else None
    moved = [one for one in conversations if one.folder_id != there]
    places = {there, *(one.folder_id for one in moved)} - {None}
    shares = Share.objects.valid().filter(folder__in=places)
    shared = set(shares.values_list("folder_id", flat=True))
    for one in moved:
        if one.folder_id in shared:
            left = {"folder": one.folder_id}
            audit.record(Verb.SHARE_REVOKED, one.owner, one, details=left)
        if there in shared:
            audit.record(Verb.SHARED, one.owner, one, details={"folder": there})


@transaction.atomic
def delete(conversations: Sequence[Conversation]) -> Removed:
    """Removes conversations and their texts for good; running replies are stopped, the ledger
    stays. What a person deletes is discarded first, see chat.domain.recently_deleted."""
    held = holds.held_among(conversations)
    ids = tuple(one.id for one in conversations if one.id not in held)
    rows = Conversation.with_deleted.filter(id__in=ids)
    rows.hold()
    stop_running(ids)
    ReplyChunk.objects.filter(reply__conversation__in=ids).delete()
    rows.delete()
    return Removed(ids, len(conversations) - len(ids))


def stop_running(ids: Collection[UUID]) -> None:
    """Nodes find the requests to stop."""
    running = Completion.objects.open().filter(conversation__in=ids)
    running.update(stop_requested_at=Now())


def _rows(conversations: Collection[Conversation]) -> Any:
    return Conversation.objects.filter(id__in=[one.id for one in conversations])
