"""Comments: what people say to each other about a message; no model reads them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .conversation import Conversation
from .message import Message


class Comment(models.Model):
    """Plain text. Only people who may see the conversation can be mentioned."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="comments")
    message = models.ForeignKey(Message, models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("comment"), max_length=4000)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    # Made by the browser: sending twice gives one comment.
    key = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "key"], name="one_comment_per_key"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
