"""Notices: what a person is told at the next opportunity."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .conversation import Conversation


class NoticeKind(models.TextChoices):
    MENTION = "mention", _("mentioned in a comment")
    SHARED = "shared", _("a conversation was shared")
    LEFT = "left", _("somebody left what was shared")
    READ_BY_OTHERS = "read", _("a conversation was read by an authorised person")
    RETENTION = "retention", _("conversations will be removed")


class Notice(models.Model):
    """`details` holds names and reasons as text, so that the notice outlives what it is about."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="+")
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user"], name="notice_unseen", condition=models.Q(seen_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
