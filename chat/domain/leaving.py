"""Deleting all of one's conversations, or one's account; what was used stays in the ledger."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, User
from chat.models.audit_event import Verb

from . import audit, filing, holds
from .errors import Refused

BATCH = 100


class LastAdministrator(Refused):
    code = "last_administrator"
    words = _("You are the only administrator. Make somebody else one first.")


class AccountHeld(Refused):
    code = "held"
    words = _(
        "Something of yours is under a legal hold, so your account cannot be deleted. "
        "Ask your administrator."
    )


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a person would lose. `shared`: how many others may read, too. `deleted`: how many the
    person could still bring back."""

    conversations: int
    shared: int
    held: int
    deleted: int


def inventory(user: User) -> Inventory:
    """Four queries."""
    mine = Conversation.objects.filter(owner=user)
    held = mine.filter(holds.held())
    shared = mine.exclude(holds.held()).shared()
    deleted = Conversation.with_deleted.filter(owner=user, deleted_at__isnull=False)
    return Inventory(mine.count(), shared.count(), held.count(), deleted.count())


def delete_all(user: User) -> list[UUID]:
    """Every conversation of the person for good, but those under a legal hold. Gives their ids."""
    removed: list[UUID] = []
    while batch := _delete_some(user):
        removed += batch
    return removed


@transaction.atomic
def _delete_some(user: User) -> tuple[UUID, ...]:
    """Other writers get their turn in between; each part is an event of its own."""
    rows = Conversation.with_deleted.filter(owner=user).exclude(holds.held())
    ids = filing.delete(list(rows.select_related("owner")[:BATCH])).ids
    if ids:
        audit.record(Verb.DELETED, user, details={"conversations": len(ids)})
    return ids


def is_kept(user: User) -> bool:
    """Whether a legal hold is on the person or on something that would go with the account."""
    mine = Conversation.with_deleted.filter(owner=user)
    return user.legal_hold or mine.filter(holds.held()).exists()


def check_account(user: User) -> None:
    """Raises Refused where the account has to stay."""
    if is_kept(user):
        raise AccountHeld
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(id=user.id)
    if user.is_superuser and not others.exists():
        raise LastAdministrator


def delete_account(user: User) -> list[UUID]:
    """The account with all that belongs to it; ledger and audit log keep the name as text.

    Raises LastAdministrator or AccountHeld: nothing was deleted. Gives the ids of the
    conversations.
    """
    check_account(user)
    removed = delete_all(user)
    with transaction.atomic():
        audit.record(Verb.PERSON_DELETED, user, user, name=user.email, details={"own": True})
        user.delete()
    return removed
