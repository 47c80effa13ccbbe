"""Who may see and do what: the only way from an id to a row.

Each function returns the row or raises NotFound, which is a 404: whoever may not see a thing does
not learn that it exists.
"""

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404

from chat.models import (
    Attachment,
    Comment,
    Conversation,
    Deletion,
    Folder,
    LanguageModel,
    Message,
    Preset,
    PromptTemplate,
    Provider,
    Share,
    ShareLink,
    Transfer,
    User,
)

Row = TypeVar("Row", bound=Model)


class NotFound(Http404):
    """Not there, or not for this person."""


class ReadOnly(NotFound):
    """There for this person, but not to be changed: still a 404, with other words on a socket."""


def person(user_id: int) -> User:
    """Whoever is behind an open socket, which may outlive the account for a moment."""
    return _one(User.objects.filter(is_active=True), id=user_id)


def conversation_read(user: User, conversation_id: UUID) -> Conversation:
    own = Conversation.objects.filter(owner=_active(user), id=conversation_id).first()
    # Nearly always it is the owner: the question who else may read it takes twenty times longer.
    return own or _one(Conversation.objects.readable_by(user), id=conversation_id)


def conversation_write(user: User, conversation_id: UUID, *, lock: bool = False) -> Conversation:
    """`lock`: two who write at one instant follow each other, the second sees what the first did.

    Raises ReadOnly for those who may only read it.
    """
    rows = Conversation.objects.select_for_update(of=("self",)) if lock else Conversation.objects
    own = rows.filter(owner=_active(user), id=conversation_id).first()
    found = own or rows.writable_by(user).filter(id=conversation_id).first()
    if found is None:
        conversation_read(user, conversation_id)
        raise ReadOnly
    return found


def conversation_own(user: User, conversation_id: UUID) -> Conversation:
    """For what only the owner may do: rename, delete, share."""
    return _one(Conversation.objects.filter(owner=_active(user)), id=conversation_id)


def conversations_own(user: User, ids: Collection[UUID]) -> list[Conversation]:
    """Those of these that the person owns, with their owner; the others are left out."""
    mine = Conversation.objects.filter(owner=_active(user), id__in=ids)
    return list(mine.select_related("owner").newest_first())


def may_write(user: User, conversation: Conversation) -> bool:
    """Whether a person who may read this conversation may also write in it."""
    if conversation.owner_id == user.id:
        return True
    return Conversation.objects.writable_by(_active(user)).filter(id=conversation.id).exists()


def folder_own(user: User, folder_id: int) -> Folder:
    """For what only the owner may do: rename, delete, share, put something into it."""
    return _one(Folder.objects.filter(owner=_active(user)), id=folder_id)


def folder_read(user: User, folder_id: int) -> Folder:
    shared = Share.objects.for_user(_active(user)).filter(folder=OuterRef("pk"))
    return _one(Folder.objects.filter(Q(owner=user) | Exists(shared)), id=folder_id)


def share_own(user: User, share_id: int) -> Share:
    """A share on something that belongs to the person."""
    mine = Q(conversation__owner=_active(user)) | Q(folder__owner=user)
    return _one(Share.objects.filter(mine), id=share_id)


def link_own(user: User, link_id: UUID) -> ShareLink:
    return _one(ShareLink.objects.filter(conversation__owner=_active(user)), id=link_id)


def link_open(user: User, link_id: UUID) -> ShareLink:
    """A link as somebody has it who was given it; its password is not asked for here."""
    _active(user)
    return _one(ShareLink.objects.valid().select_related("conversation"), id=link_id)


def link_public(link_id: UUID) -> ShareLink:
    """A link for people who are not signed in, where the organisation allows such links."""
    if not settings.ANONYMOUS_LINKS:
        raise NotFound
    links = ShareLink.objects.valid().filter(anonymous=True)
    return _one(links.select_related("conversation"), id=link_id)


def message_in(conversation: Conversation, message_id: int) -> Message:
    """A message is only ever looked up through its conversation."""
    return _one(Message.objects.filter(conversation=conversation), id=message_id)


def attachment_read(user: User, attachment_id: UUID) -> Attachment:
    """An own file that is not sent yet, or one beside a message that the person may read."""
    readable = Conversation.objects.readable_by(_active(user)).values("id")
    sent = Q(message__isnull=False, message__deletion=None, conversation__in=readable)
    rows = Attachment.objects.light().filter(sent | Q(owner=user, message=None))
    return _one(rows, id=attachment_id)


def attachment_unsent(user: User, attachment_id: UUID) -> Attachment:
    return _one(Attachment.objects.unsent().filter(owner=_active(user)), id=attachment_id)


def comment_on(message: Message, comment_id: int) -> Comment:
    """A comment is only ever looked up through its message."""
    rows = Comment.objects.select_related("conversation", "message", "author")
    return _one(rows.filter(message=message), id=comment_id)


def deletion_in(conversation: Conversation, deletion_id: UUID) -> Deletion:
    """What was deleted in it and can be brought back."""
    return _one(Deletion.objects.filter(conversation=conversation), id=deletion_id)


def transfer_own(user: User, transfer_id: UUID) -> Transfer:
    """An export or import that the person has begun."""
    return _one(Transfer.objects.filter(user=_active(user)), id=transfer_id)


def language_model_use(user: User, language_model_id: int) -> LanguageModel:
    models = LanguageModel.objects.usable_by(_active(user)).select_related("provider")
    return _one(models, id=language_model_id)


def preset_use(user: User, preset_id: int) -> Preset:
    rows = Preset.objects.usable_by(_active(user)).select_related("language_model__provider")
    return _one(rows.distinct(), id=preset_id)


def prompt_read(user: User, prompt_id: int) -> PromptTemplate:
    return _one(PromptTemplate.objects.visible_to(_active(user)), id=prompt_id)


def prompt_own(user: User, prompt_id: int) -> PromptTemplate:
    """For changing and deleting it."""
    return _one(PromptTemplate.objects.filter(owner=_active(user)), id=prompt_id)


def providers_for_own_keys(user: User) -> QuerySet[Provider]:
    """Where the administrator allows own keys, and this person may use a model."""
    usable = LanguageModel.objects.usable_by(_active(user)).values("provider")
    return Provider.objects.filter(own_keys=True, id__in=usable)


def provider_own_key(user: User, provider_id: int) -> Provider:
    return _one(providers_for_own_keys(user), id=provider_id)


def _active(user: User) -> User:
    if not user.is_active:
        raise NotFound
    return user


def _one(rows: QuerySet[Row], **lookup: object) -> Row:
    row = rows.filter(**lookup).first()
    if row is None:
        raise NotFound
    return row
