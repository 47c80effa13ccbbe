"""Conversations: a thread of messages with one owner."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .folder import Folder
from .language_model import LanguageModel
from .library import Preset
from .share import LinkView, Role, Share, ShareLink
from .user import User


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def readable_by(self, user: User) -> "ConversationQuerySet":
        """Own ones, those shared by whatever way, and those that a link was opened to."""
        return self.filter(Q(owner=user) | _shared(Share.objects.for_user(user)) | _linked(user))

    def writable_by(self, user: User) -> "ConversationQuerySet":
        editing = Share.objects.for_user(user).filter(role=Role.EDITOR)
        return self.filter(Q(owner=user) | _shared(editing))

    def shared_with(self, user: User) -> "ConversationQuerySet":
        """Others' conversations that the person may read."""
        return self.readable_by(user).exclude(owner=user)

    def newest_first(self) -> "ConversationQuerySet":
        return self.order_by("-updated_at", "-id")


def _shared(shares: models.QuerySet[Share]) -> Q:
    itself = shares.filter(conversation=OuterRef("pk"))
    folder = shares.filter(folder=OuterRef("folder"))
    return Q(Exists(itself)) | Q(Exists(folder))


def _linked(user: User) -> Q:
    valid = ShareLink.objects.valid().filter(conversation=OuterRef(OuterRef("pk")))
    return Q(Exists(LinkView.objects.filter(user=user, link__in=valid.values("id"))))


class Conversation(models.Model):
    """`leaf` is the last message of the path that is shown; siblings are other paths.

    The id may be chosen by the browser (a random UUID), so that sending the first prompt twice
    makes one conversation.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations"
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    # Given by a person: nothing changes it by itself any more.
    titled = models.BooleanField(default=False)
    language_model = models.ForeignKey(
        LanguageModel, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    parameters = models.JSONField(default=dict, blank=True)
    system_prompt = models.TextField(_("instructions"), blank=True)
    preset = models.ForeignKey(Preset, models.SET_NULL, null=True, blank=True, related_name="+")
    leaf = models.ForeignKey("chat.Message", models.SET_NULL, null=True, related_name="+")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, related_name="conversations")
    pinned_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    # Not listed, and removed after its last page is closed; the calls are counted.
    temporary = models.BooleanField(default=False)
    legal_hold = models.BooleanField(
        _("legal hold"), default=False, help_text=_("Nobody can delete it, and no rule removes it.")
    )
    # The last ends of replies and the last comments, for the unread mark.
    answered_at = models.DateTimeField(null=True, editable=False)
    commented_at = models.DateTimeField(null=True, editable=False)
    rights_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last activity"), auto_now_add=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            # The sidebar: one person's conversations, newest first, paged by key.
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                name="conversation_sidebar",
                condition=Q(archived_at=None, pinned_at=None, temporary=False, folder=None),
            ),
            models.Index(fields=["owner", "-updated_at", "-id"], name="conversation_of_owner"),
            models.Index(fields=["folder", "-updated_at", "-id"], name="conversation_in_folder"),
            # What retention looks at.
            models.Index(fields=["updated_at"], name="conversation_by_activity"),
        ]

    def __str__(self) -> str:
        # The title is content: it must not reach the admin or a log through str().
        return str(self.id)
