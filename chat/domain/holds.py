"""Legal holds: which conversations nobody can delete, whoever asks and whatever rule says so."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from chat.models import Comment, Conversation, Message


def held() -> Q:
    """A condition on conversations: the hold is on it, its owner, or somebody who wrote in it."""
    by_them = {"conversation": OuterRef("pk"), "author__legal_hold": True}
    wrote = Exists(Message.with_deleted.filter(**by_them))
    commented = Exists(Comment.objects.filter(**by_them))
    return Q(legal_hold=True) | Q(owner__legal_hold=True) | Q(wrote) | Q(commented)


def held_among(conversations: Iterable[Conversation]) -> set[UUID]:
    """The ids of those that are held now. One query."""
    ids = [one.id for one in conversations]
    rows = Conversation.with_deleted.filter(held(), id__in=ids)
    return set(rows.values_list("id", flat=True))


def is_held(conversation: Conversation) -> bool:
    return bool(held_among([conversation]))
