"""A running reply's text on its way to the database, its lease, and requests to stop it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now

from chat.models import Completion, Conversation, Message, User
from chat.models.completion import OPEN, State

from . import access
from .runs import LEASE, Owner, Piece

# Storing the same chunk again does nothing: after a lost connection nobody knows if it was stored.
INSERT = (
    "INSERT INTO chat_replychunk (reply_id, seq, part, text) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
OF_THE_MESSAGE = ("content", "reasoning", "completion__state")
ENDED = set(State) - set(OPEN)


@dataclass(frozen=True, slots=True)
class Stored:
    """The text that a reply began with, and its chunks as (seq, part, text).

    `is_whole`: it has ended, and its chunks are in the text.
    """

    content: str
    reasoning: str = ""
    chunks: list[tuple[int, int, str]] = field(default_factory=list)
    is_whole: bool = False


@transaction.atomic
def store(pieces: Sequence[Piece], renew: Collection[Owner]) -> set[UUID]:
    """Stores the text of all replies of a node in one transaction, renewing leases that are due.

    Returns the completions that this node no longer owns: nothing of theirs was stored.
    """
    lost = {owner.completion_id for owner in renew if not _renewed(owner)}
    rows = [
        (piece.reply_id, piece.seq, piece.part.value, piece.text)
        for piece in pieces
        if piece.owner.completion_id not in lost
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(INSERT, rows)
    return lost


def _renewed(owner: Owner) -> bool:
    return owned(owner).update(lease_until=Now() + LEASE) == 1


def renew_waiting(node: str, waiting: Collection[UUID]) -> set[UUID]:
    """This node lives, and begins these when their turn comes. Gives those that still wait."""
    queued = Completion.objects.filter(id__in=waiting, node=node, state=State.QUEUED)
    queued.update(lease_until=Now() + LEASE)
    return set(queued.values_list("id", flat=True))


def owned(owner: Owner) -> QuerySet[Completion]:
    """The completion, if it is open and still this node's: the condition of every write."""
    return Completion.objects.open().filter(
        id=owner.completion_id,
        node=owner.node,
        lease_version=owner.lease_version,
    )


def request_stop(user: User, conversation_id: UUID, reply_id: int) -> UUID | None:
    """Asks the owning node to stop; None: the reply has ended already, which is fine.

    Returns the completion's id.

    Raises access.NotFound.
    """
    conversation = access.conversation_write(user, conversation_id)
    reply = access.message_in(conversation, reply_id)
    asked = Completion.objects.open().filter(replies=reply)
    asked.update(stop_requested_at=Coalesce("stop_requested_at", Now()))
    return asked.values_list("id", flat=True).first()


def stops_requested(node: str) -> set[UUID]:
    """What this node is to stop: asked for by somebody, from whichever node, or nobody's any more.

    Deleting a conversation or a person, or switching a person off, ends what runs for them.
    """
    unwanted = Q(stop_requested_at__isnull=False) | Q(user__is_active=False)
    orphaned = Q(conversation=None) | Q(user=None)
    rows = Completion.objects.open().filter(unwanted | orphaned, node=node)
    return set(rows.values_list("id", flat=True))


def running_in(conversation: Conversation) -> list[Message]:
    """The replies of a conversation that are waiting or being written."""
    completions = Completion.objects.open().filter(conversation=conversation)
    rows = Message.objects.filter(completion__in=completions)
    return list(rows.select_related("completion").order_by("id"))


def stored_text(reply_id: int) -> Stored:
    """One query, so that chunks which are joined into the message meanwhile are seen just once."""
    rows = list(
        Message.objects.filter(id=reply_id)
        .order_by("chunks__seq")
        .values_list("chunks__seq", "chunks__part", "chunks__text", *OF_THE_MESSAGE)
    )
    if not rows:
        return Stored("", is_whole=True)
    content, reasoning, state = rows[0][3:]
    chunks = [(seq, part, text) for seq, part, text, *_ in rows if seq is not None]
    return Stored(content, reasoning, chunks, is_whole=state in ENDED)
