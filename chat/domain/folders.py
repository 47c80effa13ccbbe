"""Folders: made, named and removed by their owner; what is in them stays."""

from typing import ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Folder, Share, User
from chat.models.audit_event import Verb

from . import audit
from .errors import Refused

# The sidebar shows them all.
MOST = 200


class FolderRefused(Refused):
    code: ClassVar[str] = "folder"


class NameTaken(FolderRefused):
    words = _("You have a folder of this name already. Choose another name.")


class TooManyFolders(FolderRefused):
    words = _("You have as many folders as there can be. Delete one that you do not need.")


def create(owner: User, name: str) -> Folder:
    """Raises FolderRefused."""
    if Folder.objects.filter(owner=owner).count() >= MOST:
        raise TooManyFolders
    try:
        with transaction.atomic():
            return Folder.objects.create(owner=owner, name=_tidy(name))
    except IntegrityError:
        raise NameTaken from None


def find_or_create(owner: User, name: str) -> Folder:
    """For whoever names the folder that something is to go into. Raises TooManyFolders."""
    known = Folder.objects.filter(owner=owner, name=_tidy(name)).first()
    return known or create(owner, name)


def rename(folder: Folder, name: str) -> None:
    """Raises NameTaken."""
    folder.name = _tidy(name)
    try:
        with transaction.atomic():
            folder.save(update_fields=["name"])
    except IntegrityError:
        raise NameTaken from None


@transaction.atomic
def delete(folder: Folder) -> tuple[UUID, ...]:
    """Gives the ids of what was in it, which those who only saw the folder see no more."""
    inside = Conversation.objects.filter(folder=folder)
    ids = tuple(inside.values_list("id", flat=True))
    if Share.objects.valid().filter(folder=folder).exists():
        audit.record(Verb.SHARE_REVOKED, folder.owner, folder, details={"conversations": len(ids)})
    inside.update(folder=None, rights_version=F("rights_version") + 1)
    folder.delete()
    return ids


def _tidy(name: str) -> str:
    return " ".join(name.split())[:80]
