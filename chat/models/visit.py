"""What a person has seen of a conversation, and has begun to write in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .conversation import Conversation


class Visit(models.Model):
    """An answer or a comment that came after `seen_at` is unread."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="visits")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="visits")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "conversation"], name="one_visit_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.conversation_id}"


class Draft(models.Model):
    """Typed and not sent; without a conversation: on the page of a new one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="drafts")
    text = models.TextField()
    # Rises with every save: an old tab does not overwrite what a newer one has saved.
    version = models.PositiveBigIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "conversation"], name="one_draft_per_conversation"
            ),
            # Nulls are not equal to each other.
            models.UniqueConstraint(
                fields=["user"], condition=Q(conversation=None), name="one_draft_for_a_new_page"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.conversation_id}"
