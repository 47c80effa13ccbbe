"""Conversations: a thread of messages with one owner."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .language_model import LanguageModel
from .user import User


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def readable_by(self, user: User) -> "ConversationQuerySet":
        return self.filter(owner=user)

    def writable_by(self, user: User) -> "ConversationQuerySet":
        return self.filter(owner=user)

    def newest_first(self) -> "ConversationQuerySet":
        return self.order_by("-updated_at", "-id")


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
    language_model = models.ForeignKey(
        LanguageModel, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    parameters = models.JSONField(default=dict, blank=True)
    system_prompt = models.TextField(_("instructions"), blank=True)
    leaf = models.ForeignKey("chat.Message", models.SET_NULL, null=True, related_name="+")
    rights_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last activity"), auto_now_add=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            # The sidebar: one person's conversations, newest first, paged by key.
            models.Index(fields=["owner", "-updated_at", "-id"], name="conversation_sidebar"),
        ]

    def __str__(self) -> str:
        # The title is content: it must not reach the admin or a log through str().
        return str(self.id)
