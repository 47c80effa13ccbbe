"""Why somebody who looked at a conversation may do so no longer, in plain words."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.models import AuditEvent, Conversation, LinkView, Share, User
from chat.models.audit_event import Verb

JUST_NOW = timedelta(minutes=1)


def words(user_id: int, conversation_id: UUID, language: str) -> str:
    """For the person who lost access, in their language."""
    with translation.override(language):
        conversation = (
            Conversation.objects.select_related("owner").filter(id=conversation_id).first()
        )
        if conversation is None:
            return _("This conversation was deleted.")
        if _has_left(user_id, conversation):
            return _("You have removed this conversation from your list.")
        if _share_has_expired(user_id, conversation):
            return _("Your access to this conversation has expired.")
        link = LinkView.objects.filter(user=user_id, link__conversation=conversation)
        if link.filter(_expired("link__"), link__revoked_at=None).exists():
            return _("This link has expired.")
        return _("{name} has ended your access to this conversation.").format(
            name=conversation.owner.get_full_name()
        )


def _has_left(user_id: int, conversation: Conversation) -> bool:
    """By oneself, just now: the conversation or its folder."""
    left = AuditEvent.objects.filter(actor=user_id, verb=Verb.SHARE_LEFT)
    left = left.filter(created_at__gte=timezone.now() - JUST_NOW)
    ids = [str(conversation.id), str(conversation.folder_id)]
    return left.filter(object_id__in=ids).exists()


def _share_has_expired(user_id: int, conversation: Conversation) -> bool:
    """Of the person, or of a team of the person's, or of everyone."""
    on_it = Q(conversation=conversation)
    if conversation.folder_id is not None:
        on_it |= Q(folder=conversation.folder_id)
    teams = User.groups.through.objects.filter(user=user_id).values("group")
    to_them = Q(user=user_id) | Q(group__in=teams) | Q(everyone=True)
    return Share.objects.filter(on_it, to_them, _expired()).exists()


def _expired(prefix: str = "") -> Q:
    return Q(**{f"{prefix}expires_at__lte": timezone.now()})
