"""Messages: a tree of turns, in which regenerating and editing make siblings."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .completion import Completion
from .conversation import Conversation


class Role(models.TextChoices):
    SYSTEM = "system", _("Instructions")
    USER = "user", _("You")
    ASSISTANT = "assistant", _("Assistant")
    TOOL = "tool", _("Tool")


class Message(models.Model):
    """`completion` is set on replies: one completion with n choices makes n sibling replies."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    role = models.CharField(max_length=10, choices=Role)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    content = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    completion = models.ForeignKey(
        Completion, models.SET_NULL, null=True, blank=True, related_name="replies"
    )
    choice = models.PositiveSmallIntegerField(default=0)
    finish_reason = models.CharField(max_length=20, blank=True)
    # The reply asked for tools and the next round has not begun; see chat.domain.rounds.
    calls_open = models.BooleanField(default=False)
    # Made by the browser: sending twice gives the same message, one completion, one bill.
    key = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "key"], name="one_message_per_key"),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="message_calls_open", condition=models.Q(calls_open=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    @property
    def is_reply(self) -> bool:
        return self.role == Role.ASSISTANT

    @property
    def may_have_calls(self) -> bool:
        """Most replies end with words: those need not be asked for their calls of tools."""
        return self.is_reply and self.finish_reason != "stop"
