"""What people have typed and not sent: one text per conversation, and one for a new page.

Every save raises the version and must name the one that it follows. So a window that was left open
does not overwrite what was written elsewhere since.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Draft, User
from chat.protocol import clean_text

from .errors import Refused


class NewerDraft(Refused):
    """`saved` is what is there instead."""

    code: ClassVar[str] = "newer_draft"
    words = _("A newer draft of this message was written elsewhere.")

    def __init__(self, saved: "Saved") -> None:
        super().__init__(self.words)
        self.saved = saved


class DraftTooLong(Refused):
    code: ClassVar[str] = "draft_too_long"
    words = _("This text is too long to be kept.")


@dataclass(frozen=True, slots=True)
class Saved:
    """Version 0: nothing was ever saved."""

    text: str = ""
    version: int = 0
    at: datetime | None = None


def read(user: User, conversation: Conversation | None) -> Saved:
    """One query."""
    row = Draft.objects.filter(user=user, conversation=conversation).first()
    return Saved(row.text, row.version, row.updated_at) if row else Saved()


def save(user: User, conversation: Conversation | None, text: str, follows: int) -> Saved:
    """Raises NewerDraft when there is a later version than `follows`, and DraftTooLong.

    Saving the same text again is no conflict: an answer may have been lost on its way.
    """
    text = clean_text(text).replace("\r\n", "\n")
    if len(text.strip()) > settings.MAX_MESSAGE_CHARACTERS:
        raise DraftTooLong
    saved = Saved(text, follows + 1, timezone.now())
    if _put(user, conversation, saved, follows):
        return saved
    there = read(user, conversation)
    if there.text == text:
        return there
    raise NewerDraft(there)


def _put(user: User, conversation: Conversation | None, saved: Saved, follows: int) -> bool:
    """Whether nobody was faster."""
    mine = Draft.objects.filter(user=user, conversation=conversation)
    new = {"text": saved.text, "version": saved.version}
    if mine.filter(version=follows).update(updated_at=saved.at, **new):
        return True
    if follows:
        return False
    try:
        with transaction.atomic():
            Draft.objects.create(user=user, conversation=conversation, **new)
    except IntegrityError:
        return False
    return True
