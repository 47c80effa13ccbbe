"""Who works on which transfer, its progress and its end; and what people may do about theirs.

States only move forward, each with a conditional UPDATE. A transfer whose node died is begun anew
by whoever finds its lease over.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from chat.domain import audit
from chat.domain.errors import Refused
from chat.models import Conversation, Transfer, User
from chat.models.audit_event import Verb
from chat.models.transfer import TransferKind, TransferState

from . import files

LEASE = timedelta(seconds=30)
KEPT = timedelta(days=1)
OPEN = (TransferState.WAITING, TransferState.RUNNING)
NAME = 120


class AlreadyRunning(Refused):
    code = "transfer_running"
    words = _("One of these is under way already. Wait for it to end, or cancel it.")


@transaction.atomic
def begin_export(user: User, chosen: Iterable[Conversation] | None = None) -> Transfer:
    """Of these conversations of the person's, or of all. Raises AlreadyRunning."""
    _check_free(user, TransferKind.EXPORT)
    ids = None if chosen is None else [str(one.id) for one in chosen]
    counted = {} if ids is None else {"conversations": len(ids)}
    report: dict[str, Any] = {"language": translation.get_language(), "chosen": ids}
    row = Transfer.objects.create(user=user, kind=TransferKind.EXPORT, report=report)
    files.reserve(row.id)
    audit.record(Verb.EXPORTED, user, row, details={"all": ids is None, **counted})
    return row


def begin_import(user: User, name: str, pieces: Iterable[bytes]) -> Transfer:
    """Keeps the file, sealed, before anything is looked at. Raises AlreadyRunning."""
    _check_free(user, TransferKind.IMPORT)
    new_id = uuid4()
    files.write(new_id, pieces)
    report = {"language": translation.get_language(), "name": name[:NAME]}
    return Transfer.objects.create(id=new_id, user=user, kind=TransferKind.IMPORT, report=report)


def _check_free(user: User, kind: TransferKind) -> None:
    if Transfer.objects.filter(user=user, kind=kind, state__in=OPEN).exists():
        raise AlreadyRunning


def forget(row: Transfer) -> None:
    """Cancels it, or removes it with its file. Whoever works on it sees that, and stops."""
    transfer_id = row.id
    row.delete()
    files.remove(transfer_id)


def claim(node: str) -> Transfer | None:
    """The oldest that nobody works on, as this node's; what was done of it begins anew."""
    free = Q(state=TransferState.WAITING)
    free |= Q(state=TransferState.RUNNING, lease_until__lt=timezone.now())
    for row in Transfer.objects.filter(free).select_related("user").order_by("created_at")[:20]:
        # An upload is on the disk of the machine that took it, and people are sent to the same
        # machine again: there they look for their export.
        if files.path_of(row.id).exists() and _take(row, free, node):
            return row
    return None


def _take(row: Transfer, free: Q, node: str) -> bool:
    until = timezone.now() + LEASE
    taken = Transfer.objects.filter(free, id=row.id).update(
        state=TransferState.RUNNING, node=node, lease_until=until, done=0, total=0
    )
    row.node, row.state = node, TransferState.RUNNING
    return taken == 1


def advance(row: Transfer, done: int, total: int) -> bool:
    """Shows how far it is, and keeps it; False: it is not this node's any more."""
    until = timezone.now() + LEASE
    return _mine(row).update(done=done, total=total, lease_until=until) == 1


def end(row: Transfer, state: TransferState, told: dict[str, Any]) -> bool:
    """Part of the transaction that does the last thing. False: it is not this node's any more."""
    row.report = row.report | told
    ended = _mine(row).update(
        state=state, report=row.report, done=F("total"), finished_at=timezone.now(), node=""
    )
    return ended == 1


def _mine(row: Transfer) -> QuerySet[Transfer]:
    return Transfer.objects.filter(id=row.id, node=row.node, state=TransferState.RUNNING)


def of(user: User) -> list[Transfer]:
    """The newest first; there are few, because all go after a day."""
    return list(Transfer.objects.filter(user=user)[:50])


def remove_old() -> int:
    """What is older than a day, with its file; and files that nothing belongs to any more."""
    before = timezone.now() - KEPT
    ended = Q(finished_at__lt=before) | Q(created_at__lt=before, state=TransferState.WAITING)
    old = list(Transfer.objects.filter(ended)[:100])
    for row in old:
        forget(row)
    _remove_strays()
    return len(old)


def _remove_strays() -> None:
    folder = files.path_of(UUID(int=0)).parent
    limit = (timezone.now() - KEPT - timedelta(hours=1)).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
