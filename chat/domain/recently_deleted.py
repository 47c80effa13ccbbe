"""Conversations that their owner has deleted: out of sight at once, for good after a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from chat.models import Completion, Conversation, Message, ToolCall, User
from chat.models.audit_event import Verb
from chat.models.conversation import ConversationQuerySet
from chat.models.tool_call import OPEN_CALLS, CallState

from . import audit, filing, holds
from .access import NotFound
from .deletions import UNDO_WITHIN
from .filing import Removed

# The page shows so many; what was deleted together comes back together, however much that is.
SHOWN = 200
BATCH = 50


@dataclass(frozen=True, slots=True)
class Together:
    """What was deleted at one moment; `count` may be more than the conversations that are shown."""

    at: datetime
    conversations: list[Conversation]
    count: int


@transaction.atomic
def discard(conversations: Sequence[Conversation]) -> Removed:
    """Nobody sees these any more; running replies and tools are stopped.

    Temporary ones are removed for good, and those under a legal hold stay.
    """
    temporary = filing.delete([one for one in conversations if one.temporary])
    kept = [one for one in conversations if not one.temporary]
    held = holds.held_among(kept)
    ids = tuple(one.id for one in kept if one.id not in held)
    rows = Conversation.objects.filter(id__in=ids)
    rows.update(deleted_at=timezone.now(), rights_version=F("rights_version") + 1)
    filing.stop_running(ids)
    _stop_tools(ids)
    return Removed(temporary.ids + ids, temporary.held + len(kept) - len(ids))


def _stop_tools(ids: Sequence[UUID]) -> None:
    asking = Message.objects.filter(conversation__in=ids, calls_open=True)
    calls = ToolCall.objects.filter(message__in=asking, state__in=OPEN_CALLS)
    calls.update(state=CallState.STOPPED, result="The person deleted this.")
    asking.update(calls_open=False)


def recent(user: User) -> list[Together]:
    """What the person can bring back, the latest first. Two queries."""
    rows = _of(user).order_by("-deleted_at", "title", "id")
    shown = rows.only("id", "title", "deleted_at")[:SHOWN]
    counts = dict(_of(user).order_by().values_list("deleted_at").annotate(Count("id")))
    return [
        Together(at, list(group), counts[at])
        for at, group in groupby(shown, key=lambda row: row.deleted_at)
        if at is not None
    ]


@transaction.atomic
def restore(user: User, conversation_id: UUID) -> Conversation:
    """As it was, with its shares. Raises NotFound also when a day has passed."""
    found = _of(user).filter(id=conversation_id).first()
    if found is None:
        raise NotFound
    _restore(_of(user).filter(id=conversation_id))
    return found


@transaction.atomic
def restore_together(user: User, at: datetime) -> list[UUID]:
    """All that was deleted at this moment. Raises NotFound as `restore` does."""
    ids = list(_of(user).filter(deleted_at=at).values_list("id", flat=True))
    if not ids:
        raise NotFound
    _restore(_of(user).filter(deleted_at=at))
    return ids


def _restore(rows: QuerySet[Conversation]) -> None:
    rows.update(deleted_at=None, rights_version=F("rights_version") + 1)


def chosen(user: User, choice: UUID | datetime) -> ConversationQuerySet:
    """One of what the person can bring back, or all that was deleted at this moment.

    Raises NotFound as `restore` does.
    """
    rows = _of(user)
    if isinstance(choice, datetime):
        rows = rows.filter(deleted_at=choice)
    else:
        rows = rows.filter(id=choice)
    if not rows.exists():
        raise NotFound
    return rows


def remove(user: User, choice: UUID | datetime) -> Removed:
    """For good and at once, but what is under a legal hold. Raises NotFound as `restore` does."""
    rows = chosen(user, choice)
    removed: tuple[UUID, ...] = ()
    while batch := _remove_some(user, rows):
        removed += batch
    return Removed(removed, rows.count())


@transaction.atomic
def _remove_some(user: User, rows: ConversationQuerySet) -> tuple[UUID, ...]:
    """What is brought back at this instant stays."""
    free = rows.exclude(holds.held()).select_for_update(of=("self",)).select_related("owner")
    ids = filing.delete(list(free[:BATCH])).ids
    if ids:
        audit.record(Verb.DELETED, user, details={"conversations": len(ids)})
    return ids


def _of(user: User) -> ConversationQuerySet:
    since = timezone.now() - UNDO_WITHIN
    return Conversation.with_deleted.filter(owner=user, deleted_at__gte=since)


def purge() -> int:
    """Removes for good a batch of what nobody can bring back any more; 0: that was all.

    What is under a legal hold stays.
    """
    running = Completion.objects.open().filter(conversation=OuterRef("pk"))
    old = Conversation.with_deleted.filter(deleted_at__lt=timezone.now() - UNDO_WITHIN)
    found = old.exclude(holds.held()).exclude(Exists(running)).select_related("owner")
    return len(filing.delete(list(found.order_by("deleted_at")[:BATCH])).ids)
