"""Reading somebody's conversation, with the right to it and a reason; the owner is told."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import BreakGlass, Conversation, User
from chat.models.audit_event import Verb
from chat.models.notice import NoticeKind

from . import audit, notices
from .access import NotFound
from .errors import Refused

LASTS = timedelta(minutes=30)
SHORTEST_REASON = 10
LONGEST_REASON = 500


class ReasonNeeded(Refused):
    code = "reason"
    words = _("Say why, in a sentence. The owner of the conversation reads it, too.")


def may_break(user: User) -> bool:
    return user.is_active and user.has_perm("chat.break_glass")


@transaction.atomic
def break_glass(reader: User, conversation_id: UUID, reason: str) -> BreakGlass:
    """Opens the conversation to the reader for LASTS. Written down, and the owner is told.

    Raises NotFound without the permission, and ReasonNeeded.
    """
    conversation = _conversation(reader, conversation_id)
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReasonNeeded
    opened = BreakGlass.objects.create(
        reader=reader,
        conversation=conversation,
        reason=reason,
        until=timezone.now() + LASTS,
    )
    audit.record(
        Verb.BREAK_GLASS,
        reader,
        conversation,
        reason=reason,
        details={"owner": conversation.owner.email, "until": opened.until.isoformat()},
    )
    by = reader.get_full_name()
    notices.tell(
        [conversation.owner_id], NoticeKind.READ_BY_OTHERS, conversation, by=by, reason=reason
    )
    return opened


def opened_by(reader: User, conversation_id: UUID) -> BreakGlass | None:
    """What still holds. Raises NotFound without the permission, or without the conversation."""
    conversation = _conversation(reader, conversation_id)
    rows = BreakGlass.objects.select_related("conversation__owner")
    return rows.filter(reader=reader, conversation=conversation, until__gt=timezone.now()).first()


def _conversation(reader: User, conversation_id: UUID) -> Conversation:
    found = Conversation.objects.select_related("owner").filter(id=conversation_id).first()
    if not may_break(reader) or found is None:
        raise NotFound
    return found
