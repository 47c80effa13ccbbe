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


class MessageManager(models.Manager["Message"]):
    def get_queryset(self) -> models.QuerySet["Message"]:
        return super().get_queryset().filter(deletion=None)


class Message(models.Model):
    """`completion` is set on replies: one completion with n choices makes n sibling replies.

    What a person has deleted is no longer in `objects`, only in `with_deleted`, until
    housekeeping removes it for good.
    """

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
    # All messages that were deleted at once have the same, by which they can be brought back.
    deletion = models.UUIDField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MessageManager()
    with_deleted: models.Manager["Message"] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "key"], name="one_message_per_key"),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="message_calls_open", condition=models.Q(calls_open=True)
            ),
            # The first messages of a conversation: few, however long it is.
            models.Index(
                fields=["conversation"],
                name="message_roots",
                condition=models.Q(parent__isnull=True),
            ),
            models.Index(
                fields=["deleted_at"],
                name="message_deleted",
                condition=models.Q(deletion__isnull=False),
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
