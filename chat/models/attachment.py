"""Files that people put beside a prompt: the text goes to the model, the file is kept sealed."""

import uuid

from django.conf import settings
from django.db import models

from . import sealing
from .conversation import Conversation
from .message import Message


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def light(self) -> "AttachmentQuerySet":
        """Without the file and its text: lists need neither."""
        return self.defer("sealed", "text")

    def unsent(self) -> "AttachmentQuerySet":
        return self.filter(message=None)


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

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def context(self) -> dict[str, str]:
        """What the seal is bound to: a copy in another row or conversation does not open."""
        return {
            "table": "attachment",
            "field": "sealed",
            "row": str(self.id),
            "conversation": str(self.conversation_id or ""),
        }

    def seal(self, data: bytes) -> None:
        """Puts the file in place; the row is not saved."""
        self.sealed = sealing.seal(data, self.context)

    def reveal(self) -> bytes:
        """Raises crypto.SealBroken or crypto.UnknownKey."""
        return sealing.unseal(self.sealed, self.context)

    def reseal(self) -> None:
        """Seals anew with the newest key of the ring and saves."""
        self.seal(self.reveal())
        self.save(update_fields=["sealed"])
