"""Files that people put beside a prompt: the text goes to the model, the file is kept sealed."""

import uuid

from django.conf import settings
from django.db import models

from .conversation import Conversation
from .message import Message


class Attachment(models.Model):
    """Without a message: uploaded, shown for review, and not sent yet."""

    # Known before the first save, because the seal is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, null=True, related_name="attachments"
    )
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="attachments")
    name = models.CharField(max_length=200)
    # The ending by which it was read: txt, md, csv, pdf, docx.
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField(null=True)
    # What goes into the prompt.
    text = models.TextField()
    cut = models.BooleanField(default=False)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return str(self.id)
