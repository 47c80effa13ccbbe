"""Sharing conversations and folders: who gets access, in which role, until when.

Each change is one transaction that also raises `rights_version`. What it gives back says whom to
tell. Only the owner of a thing changes its shares, whoever calls; a person may leave.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Folder, LinkView, Notice, Share, User
from chat.models.audit_event import Verb
from chat.models.notice import NoticeKind
from chat.models.share import Role

from . import audit, notices
from .access import NotFound
from .errors import Refused

Thing = Conversation | Folder
# After its end a share still says why somebody has no access any more.
KEPT = timedelta(days=30)
BATCH = 500


class SharingRefused(Refused):
    code = "sharing"

    def __init__(self, words: Any) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Party:
    """To whom: a person, or a team; neither means everyone who is signed in."""

    user: User | None = None
    group: Group | None = None

    @property
    def columns(self) -> dict[str, Any]:
        everyone = self.user is None and self.group is None
        return {"user": self.user, "group": self.group, "everyone": everyone}


@dataclass(frozen=True, slots=True)
class Change:
    """The conversations whose rights changed, and for whom; no `users`: for everyone."""

    conversations: tuple[UUID, ...]
    users: tuple[int, ...] | None


@transaction.atomic
def grant(
    owner: User, thing: Thing, party: Party, role: Role, expires_at: datetime | None = None
) -> Change:
    """The party's share of this thing is made, or gets the new role and end.

    Raises SharingRefused, and NotFound when the thing belongs to somebody else.
    """
    check_own(owner, thing, expires_at)
    if party.user == owner:
        raise SharingRefused(_("This is yours already. Choose somebody else."))
    if party.user is not None and not party.user.is_active:
        raise NotFound
    terms = {"role": role, "expires_at": expires_at, "created_by": owner}
    known = Share.objects.valid().filter(**_of(thing), **party.columns).exists()
    Share.objects.update_or_create(**_of(thing), **party.columns, defaults=terms)
    if party.user is not None and not known:
        _notify(owner, thing, party.user)
    verb = Verb.SHARE_CHANGED if known else Verb.SHARED
    audit.record(verb, owner, thing, details=_told(party, role, expires_at))
    return _changed(thing, party)


@transaction.atomic
def change(owner: User, share: Share, role: Role, expires_at: datetime | None = None) -> Change:
    """Another role or end for a share that there is. Raises as `grant` does."""
    thing = _thing(share)
    check_own(owner, thing, expires_at)
    share.role, share.expires_at = role, expires_at
    share.save(update_fields=["role", "expires_at"])
    party = Party(share.user, share.group)
    audit.record(Verb.SHARE_CHANGED, owner, thing, details=_told(party, role, expires_at))
    return _changed(thing, party)


@transaction.atomic
def revoke(owner: User, share: Share) -> Change:
    """Ends the access by this share; who has it in another way, too, keeps that."""
    thing = _thing(share)
    check_own(owner, thing)
    if share.user is not None:
        # Whoever has not read yet that something was shared need not learn of it any more.
        told = Notice.objects.filter(user=share.user, kind=NoticeKind.SHARED, seen_at=None)
        told.filter(**_told_of(thing)).delete()
    party = Party(share.user, share.group)
    audit.record(Verb.SHARE_REVOKED, owner, thing, details=_told(party, share.role, None))
    share.delete()
    return _changed(thing, party)


@transaction.atomic
def leave(user: User, thing: Thing) -> Change:
    """Gives back what was given to this person alone: a share, and what links opened.

    Who has access as one of a team or of everyone keeps that. Raises NotFound when nothing was.
    """
    ended, _rows = Share.objects.filter(**_of(thing), user=user).delete()
    if isinstance(thing, Conversation):
        opened = LinkView.objects.filter(user=user, link__conversation=thing)
        ended += opened.update(left_at=Now())
    if not ended:
        raise NotFound
    Notice.objects.filter(
        user=user, kind=NoticeKind.SHARED, seen_at=None, **_told_of(thing)
    ).delete()
    _notify(user, thing, thing.owner, NoticeKind.LEFT)
    audit.record(Verb.SHARE_LEFT, user, thing)
    return _changed(thing, Party(user))


def remove_ended() -> int:
    """Removes a batch of shares that ended long ago; 0: that was all. The audit log has them."""
    ended = Share.objects.filter(expires_at__lt=timezone.now() - KEPT)
    ids = list(ended.values_list("id", flat=True)[:BATCH])
    return Share.objects.filter(id__in=ids).delete()[0]


def raise_rights(conversations: Any) -> tuple[UUID, ...]:
    """After every change of who may see these, in its transaction. Takes a QuerySet."""
    ids = tuple(conversations.order_by().values_list("id", flat=True))
    Conversation.objects.filter(id__in=ids).update(rights_version=F("rights_version") + 1)
    return ids


def check_own(owner: User, thing: Thing, expires_at: datetime | None = None) -> None:
    """Raises NotFound when it is not theirs, SharingRefused when it cannot be shared."""
    if thing.owner_id != owner.id or not owner.is_active:
        raise NotFound
    if isinstance(thing, Conversation) and thing.temporary:
        raise SharingRefused(_("A temporary conversation cannot be shared: it is not kept."))
    if expires_at is not None and expires_at <= timezone.now():
        raise SharingRefused(_("This day is over. Choose a later one."))


def _of(thing: Thing) -> dict[str, Any]:
    """The columns of a share that say what is shared."""
    if isinstance(thing, Folder):
        return {"conversation": None, "folder": thing}
    return {"conversation": thing, "folder": None}


def _thing(share: Share) -> Thing:
    thing = share.conversation or share.folder
    assert thing is not None, "a constraint of the database"
    return thing


def _changed(thing: Thing, party: Party) -> Change:
    """Where every change of a share ends."""
    if isinstance(thing, Folder):
        conversations = Conversation.objects.filter(folder=thing)
    else:
        conversations = Conversation.objects.filter(id=thing.id)
    return Change(raise_rights(conversations), _members(party))


def _members(party: Party) -> tuple[int, ...] | None:
    if party.user is not None:
        return (party.user.id,)
    if party.group is not None:
        return tuple(User.objects.filter(groups=party.group).values_list("id", flat=True))
    return None


def _notify(actor: User, thing: Thing, user: User, kind: NoticeKind = NoticeKind.SHARED) -> None:
    by = actor.get_full_name()
    if isinstance(thing, Folder):
        named = {"folder": thing.name, "folder_id": thing.id}
        notices.tell([user.id], kind, None, by=by, **named)
    else:
        notices.tell([user.id], kind, thing, by=by)


def _told(party: Party, role: str, expires_at: datetime | None) -> dict[str, Any]:
    """For the audit log: to whom, as what, until when."""
    whom = party.user.email if party.user else party.group.name if party.group else "everyone"
    until = {"until": expires_at.isoformat()} if expires_at else {}
    return {"to": whom, "role": str(role), **until}


def _told_of(thing: Thing) -> dict[str, Any]:
    if isinstance(thing, Folder):
        return {"details__folder_id": thing.id}
    return {"conversation": thing}
