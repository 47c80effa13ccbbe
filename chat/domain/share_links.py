"""Links to a conversation: making, opening and revoking them, and who has used them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, LinkView, Organisation, ShareLink, User
from chat.models.audit_event import Verb

from . import audit, limits
from .access import NotFound
from .errors import Refused, TooOften
from .sharing import BATCH, KEPT, Change, SharingRefused, check_own, raise_rights

DAYS = 30
ATTEMPTS_PER_MINUTE = 5


class PasswordAsked(Refused):
    """The link has a password, and none was given."""

    code = "password"
    words = _("This link has a password. Enter the one that you were given with it.")


class WrongPassword(PasswordAsked):
    words = _("This password is not the right one. Ask the person who gave you the link.")


class TooManyAttempts(PasswordAsked):
    words = TooOften.words


@dataclass(frozen=True, slots=True)
class Opened:
    """`change` is set when the person could not read the conversation by this link before."""

    conversation: Conversation
    change: Change | None = None


def most_days() -> int:
    return Organisation.current().link_days


def make(
    owner: User,
    conversation: Conversation,
    expires_at: datetime,
    password: str = "",
    *,
    anonymous: bool = False,
) -> ShareLink:
    """Raises SharingRefused, and NotFound when the conversation belongs to somebody else."""
    check_own(owner, conversation)
    # The day itself counts.
    if not timezone.now() < expires_at <= timezone.now() + timedelta(days=most_days() + 1):
        raise SharingRefused(_("A link cannot be valid for so long, or its end has passed."))
    link = ShareLink(
        conversation=conversation,
        password=make_password(password) if password else "",
        anonymous=anonymous and settings.ANONYMOUS_LINKS,
        expires_at=expires_at,
        created_by=owner,
    )
    terms = {"until": expires_at.isoformat(), "anonymous": link.anonymous}
    with transaction.atomic():
        link.save()
        audit.record(Verb.LINK_MADE, owner, conversation, details=terms)
    return link


@transaction.atomic
def revoke(owner: User, link: ShareLink) -> Change:
    """Whoever reads by this link alone is out at once; its log stays."""
    if link.conversation.owner_id != owner.id:
        raise NotFound
    ShareLink.objects.filter(id=link.id, revoked_at=None).update(revoked_at=Now())
    audit.record(Verb.LINK_REVOKED, owner, link.conversation)
    return _changed(link, *link.views.values_list("user_id", flat=True))


def links_of(conversation: Conversation) -> list[ShareLink]:
    """The valid ones, newest first, with `people` and `opened`: how many, and how often."""
    rows = ShareLink.objects.valid().filter(conversation=conversation)
    counted = rows.annotate(
        people=Count("views"), opened=Coalesce(Sum("views__count"), 0) + F("anonymous_views")
    )
    return list(counted.order_by("-created_at"))


def views_of(link: ShareLink) -> list[LinkView]:
    """Who has opened it, the last one first; also whoever does not read by it any more."""
    views = LinkView.with_left.filter(link=link)
    return list(views.select_related("user").order_by("-last_at", "-id"))


def remove_ended() -> int:
    """Removes a batch of links that ended long ago, with their logs; 0: that was all."""
    before = timezone.now() - KEPT
    ended = ShareLink.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))
    ids = list(ended.values_list("id", flat=True)[:BATCH])
    return ShareLink.objects.filter(id__in=ids).delete()[0]


def open_for(user: User, link: ShareLink, password: str | None = None) -> Opened:
    """What the link opens, noting who opened it. Raises PasswordAsked and its kinds.

    Whoever may read the conversation anyway is let in without the password, and gets no further
    right by that.
    """
    conversation = link.conversation
    seen = LinkView.objects.filter(link=link, user=user)
    if conversation.owner_id == user.id or seen.update(count=F("count") + 1, last_at=Now()):
        return Opened(conversation)
    if link.password and password is None and _reads_anyway(user, conversation):
        return Opened(conversation)
    # Hashing takes its time, and no transaction waits for it.
    check(link, user.id, password)
    with transaction.atomic():
        _see(link, user)
        audit.record(Verb.LINK_OPENED, user, conversation)
        return Opened(conversation, _changed(link, user.id))


def _see(link: ShareLink, user: User) -> None:
    """Whoever has left comes back, with the count of before."""
    left = LinkView.with_left.filter(link=link, user=user).exclude(left_at=None)
    if not left.update(left_at=None, count=F("count") + 1, last_at=Now()):
        LinkView.objects.get_or_create(link=link, user=user)


def check(link: ShareLink, who: object, password: str | None) -> None:
    """Raises PasswordAsked or one of its kinds; `who` tries, a person's id or an address."""
    if not link.password:
        return
    if password is None:
        raise PasswordAsked
    if not limits.within("link", f"{link.id}:{who}", ATTEMPTS_PER_MINUTE, 60):
        raise TooManyAttempts
    if not check_password(password, link.password):
        raise WrongPassword


def _reads_anyway(user: User, conversation: Conversation) -> bool:
    return Conversation.objects.readable_by(user).filter(id=conversation.id).exists()


def count_anonymous(link: ShareLink) -> None:
    ShareLink.objects.filter(id=link.id).update(anonymous_views=F("anonymous_views") + 1)


def _changed(link: ShareLink, *users: int) -> Change:
    """Where every change of what a link opens ends."""
    conversations: tuple[UUID, ...] = raise_rights(
        Conversation.objects.filter(id=link.conversation_id)
    )
    return Change(conversations, users)
