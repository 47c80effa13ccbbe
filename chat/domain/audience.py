"""Who may see a conversation, seen from the conversation; the rules are those of its QuerySet."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, Q, QuerySet

from chat.models import Conversation, LinkView, Share, ShareLink, User


def people(conversation: Conversation) -> QuerySet[User]:
    """All who may read it, the owner included: one query, however it is shared."""
    shares = _shares(conversation)
    members = User.groups.through.objects.filter(group__in=shares.values("group"))
    opened = LinkView.objects.filter(link__in=_links(conversation))
    reads = (
        Q(id=conversation.owner_id)
        | Q(id__in=shares.filter(user__isnull=False).values("user"))
        | Q(id__in=members.values("user"))
        | Q(id__in=opened.values("user"))
        | Q(Exists(shares.filter(everyone=True)))
    )
    return User.objects.filter(reads, is_active=True)


def among(conversation_id: UUID, user_ids: Collection[int]) -> set[int]:
    """Those of these people who may read it; nobody, when it is not there any more."""
    conversation = Conversation.objects.filter(id=conversation_id).first()
    if conversation is None or not user_ids:
        return set()
    return set(people(conversation).filter(id__in=user_ids).values_list("id", flat=True))


def is_shared(conversation_id: UUID) -> bool:
    """Whether anybody but the owner may read it, or may come to by a link."""
    return Conversation.objects.filter(id=conversation_id).shared().exists()


def _shares(conversation: Conversation) -> QuerySet[Share]:
    on_it = Q(conversation=conversation)
    if conversation.folder_id is not None:
        on_it |= Q(folder=conversation.folder_id)
    return Share.objects.valid().filter(on_it)


def _links(conversation: Conversation) -> QuerySet[ShareLink]:
    return ShareLink.objects.valid().filter(conversation=conversation)
