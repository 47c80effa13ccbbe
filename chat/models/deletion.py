"""Deletions: messages that one person removed at once, and can bring back for a day."""

import uuid

from django.conf import settings
from django.db import models

from .conversation import Conversation
from .message import Message


class Deletion(models.Model):
    """`first` is the message that was removed with all that followed it; its rows have this id.

    `leaf` is the path that was shown before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="deletions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    first = models.ForeignKey(Message, models.CASCADE, related_name="+")
    leaf = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)
