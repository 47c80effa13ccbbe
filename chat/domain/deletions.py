"""Deleting a message with all that follows it, and bringing it back within a day."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Completion, Conversation, Deletion, Message, ToolCall, User
from chat.models.message import Role
from chat.models.tool_call import OPEN_CALLS, CallState

from . import history, holds
from .access import NotFound
from .errors import Refused

UNDO_WITHIN = timedelta(days=1)
# Other writers get their turn in between.
BATCH = 500
# A question is not further above its answer than rounds of tools are allowed.
NEAR = 50

# A message and what follows it, in all branches.
WITH_DESCENDANTS = """
WITH RECURSIVE below (id) AS (
    SELECT id FROM chat_message WHERE id = %s
  UNION ALL
    SELECT it.id FROM below JOIN chat_message it ON it.parent_id = below.id
    WHERE it.deletion IS NULL
)
SELECT id FROM below
"""


class OnHold(Refused):
    code = "hold"
    words = _("This conversation is under a legal hold: nothing in it can be deleted.")


class OthersWords(Refused):
    code = "others"
    words = _(
        "You can delete what you have written, with its answers. "
        "Here somebody else has written, too: ask the owner of the conversation."
    )


class TooLate(Refused):
    code = "too_late"
    words = _("This was deleted more than a day ago and cannot be brought back.")


class NothingAbove(Refused):
    code = "nothing_above"
    words = _("What stood before it was deleted later. Bring that back first.")


@transaction.atomic
def delete(user: User, conversation: Conversation, message: Message) -> Deletion:
    """Hides the message and what follows it; what is being written there is stopped.

    The person may write in the conversation. A sibling is shown in its place, or else what stood
    before it. Raises OnHold, OthersWords, or access.NotFound when it is gone already.
    """
    conversation = _locked(conversation)
    if not Message.objects.filter(id=message.id, conversation=conversation).exists():
        raise NotFound
    rows = Message.objects.filter(id__in=RawSQL(WITH_DESCENDANTS, [message.id]))  # noqa: S611 - no input
    _check_hold(conversation, rows)
    _check_words(user, conversation, message, rows)
    beside = history.siblings([message])[message.id]
    deletion = Deletion.objects.create(
        conversation=conversation, user=user, first=message, leaf_id=conversation.leaf_id
    )
    rows.update(deletion=deletion.id, deleted_at=deletion.created_at)
    _stop(deletion)
    if not Message.objects.filter(id=conversation.leaf_id or 0).exists():
        _show(conversation, _instead(conversation, message, beside))
    return deletion


def _locked(conversation: Conversation) -> Conversation:
    """What is sent at this instant comes before or after, never in between."""
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("owner")
    return rows.get(id=conversation.id)


def _check_hold(conversation: Conversation, rows: QuerySet[Message]) -> None:
    """On the conversation, on its owner, or on somebody who has written here."""
    held = conversation.legal_hold or conversation.owner.legal_hold
    if held or rows.filter(author__legal_hold=True).exists():
        raise OnHold


def _check_words(
    user: User, conversation: Conversation, message: Message, rows: QuerySet[Message]
) -> None:
    """The owner may delete everything, editors their own questions with the answers to them."""
    if conversation.owner_id == user.id:
        return
    of_others = Q(author=None) | ~Q(author=user)
    asked_by = _asked_by(conversation, message)
    if asked_by != user.id or rows.filter(of_others, role=Role.USER).exists():
        raise OthersWords


def may_begin_at(user: User, conversation: Conversation, message: Message) -> bool:
    """Whether it makes sense to offer it; what others wrote below is only looked for later."""
    owns = conversation.owner_id == user.id
    return owns or _asked_by(conversation, message) == user.id


def _asked_by(conversation: Conversation, message: Message) -> int | None:
    """Who wrote the message, or the question that it answers."""
    if message.role == Role.USER:
        return message.author_id
    ids = history.path_ids(conversation, message.parent_id, newest=NEAR)
    questions = dict(
        Message.objects.filter(id__in=ids, role=Role.USER).values_list("id", "author_id")
    )
    return next((questions[one] for one in reversed(ids) if one in questions), None)


def _stop(deletion: Deletion) -> None:
    """Nodes find the requests to stop; calls of tools have no result any more.

    Of several answers of one call the others go on: the call ends when none of them is wanted.
    """
    running = Completion.objects.open().filter(conversation=deletion.conversation_id)
    unwanted = _rows(deletion).filter(completion__in=running).values("completion")
    wanted = Message.objects.filter(completion=OuterRef("pk"))
    running.filter(~Exists(wanted), id__in=unwanted).update(stop_requested_at=Now())
    asking = _rows(deletion).filter(calls_open=True)
    calls = ToolCall.objects.filter(message__in=asking, state__in=OPEN_CALLS)
    calls.update(state=CallState.STOPPED, result="The person deleted this.")
    asking.update(calls_open=False)


def _rows(deletion: Deletion) -> QuerySet[Message]:
    """By the time, too, because that has an index."""
    return Message.with_deleted.filter(deletion=deletion.id, deleted_at=deletion.created_at)


def _instead(conversation: Conversation, message: Message, beside: list[int]) -> Message | None:
    """The sibling before it, else the one after it, else what stood above."""
    index = beside.index(message.id)
    near = beside[index - 1 : index] or beside[index + 1 : index + 2]
    if near:
        return Message.objects.get(id=near[0])
    if message.parent_id is not None:
        return Message.objects.get(id=message.parent_id)
    first = Message.objects.filter(conversation=conversation, parent=None)
    return first.order_by("id").last()


def _show(conversation: Conversation, message: Message | None) -> None:
    conversation.leaf_id = history.leaf_below(conversation, message) if message else None
    conversation.save(update_fields=["leaf"])


@transaction.atomic
def undo(user: User, conversation: Conversation, deletion_id: UUID) -> None:
    """Everything is as it was, and the path is shown that was shown then.

    Whoever might delete it may bring it back. Raises TooLate, NothingAbove, OthersWords, or
    access.NotFound when it has been brought back already.
    """
    conversation = _locked(conversation)
    deletion = conversation.deletions.select_related("first").filter(id=deletion_id).first()
    if deletion is None:
        raise NotFound
    if deletion.created_at < timezone.now() - UNDO_WITHIN:
        raise TooLate
    if deletion.user_id != user.id:
        _check_words(user, conversation, deletion.first, _rows(deletion))
    above = deletion.first.parent_id
    if above is not None and not Message.objects.filter(id=above).exists():
        raise NothingAbove
    shown = _rows(deletion).filter(id=deletion.leaf_id or 0).first()
    _rows(deletion).update(deletion=None, deleted_at=None)
    deletion.delete()
    if shown is not None:
        conversation.leaf = shown
        conversation.save(update_fields=["leaf"])


def recent(user: User) -> QuerySet[Deletion]:
    """What this person may bring back, the latest first: what the person deleted and may still
    write in, and what others deleted in the person's own conversations."""
    by_me = Q(user=user, conversation__in=Conversation.objects.writable_by(user).values("id"))
    in_mine = Q(conversation__in=Conversation.objects.filter(owner=user).values("id"))
    rows = Deletion.objects.filter(by_me | in_mine, created_at__gte=timezone.now() - UNDO_WITHIN)
    return rows.select_related("first", "user", "conversation").order_by("-created_at", "id")


def sizes(found: Collection[Deletion]) -> dict[UUID, int]:
    """How many messages each of these has hidden. One query."""
    moments = {deletion.created_at for deletion in found}
    rows = Message.with_deleted.filter(deletion__in=[it.id for it in found], deleted_at__in=moments)
    return dict(rows.values_list("deletion").annotate(Count("id")))


def purge_deleted(before: datetime) -> int:
    """Removes for good a batch of what was deleted before this time; 0: nothing is left to do.

    What is under a legal hold stays, and all that others deleted above it or below it.
    """
    held = Conversation.with_deleted.filter(holds.held(), id=OuterRef("conversation"))
    old = Deletion.objects.filter(~Exists(held), created_at__lt=before)
    deletion = old.order_by("created_at").first()
    return _purge(deletion) if deletion is not None else 0


@transaction.atomic
def _purge(deletion: Deletion) -> int:
    """The newest rows first: nothing hangs on them."""
    ids = list(_rows(deletion).order_by("-id").values_list("id", flat=True)[:BATCH])
    Message.with_deleted.filter(id__in=ids).delete()
    if len(ids) < BATCH:
        Deletion.objects.filter(id=deletion.id).delete()
    return max(len(ids), 1)
