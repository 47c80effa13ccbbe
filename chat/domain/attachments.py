"""Files beside a message: taken in, kept sealed, sent along, and removed.

A file is first its owner's alone, unsent; with the message it belongs to the conversation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models.functions import Left, Length
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import crypto
from chat.models import Attachment, Conversation, Message, User
from chat.models.message import Role
from chat.protocol import clean_text
from chat.providers import estimate_tokens

from .errors import Refused
from .file_words import Intaken, read_file, shown_name
from .history import Said

# Uploaded and not sent, for all conversations of one person together.
MOST_UNSENT = 20
UNSENT_FOR = timedelta(days=1)
# So many characters tell how many tokens the rest has.
SAMPLE = 20_000


class FileGone(Refused):
    code = "file_gone"

    def __init__(self) -> None:
        self.words = _("A file is not there any more. Add it again, then send the message.")
        super().__init__(self.words)


class TooManyFiles(Refused):
    code = "files"

    def __init__(self, most: int) -> None:
        self.words = _("A message takes {most} files at most. Remove one first.").format(most=most)
        super().__init__(self.words)


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as lists show it. `tokens` is an estimate of what its text adds to the prompt."""

    id: UUID
    name: str
    size: int
    pages: int | None
    cut: bool
    tokens: int = 0


def take_in(user: User, conversation: Conversation | None, name: str, data: bytes) -> FileLine:
    """Reads and keeps a file that somebody uploaded. Blocks for as long as reading takes.

    Raises Refused with a sentence about the file.
    """
    _check_count(user, conversation)
    name = shown_name(clean_text(name))
    taken: Intaken = read_file(name, data)
    attachment = Attachment(
        owner=user,
        conversation=conversation,
        name=name,
        kind=taken.kind,
        size=len(data),
        pages=taken.pages,
        text=taken.text,
        cut=taken.cut,
    )
    attachment.seal(data)
    attachment.save()
    return _line(attachment, _tokens(taken.text[:SAMPLE], len(taken.text)))


def _check_count(user: User, conversation: Conversation | None) -> None:
    """Before anything is read: reading costs most."""
    rows = Attachment.objects.unsent().filter(owner=user)
    if rows.filter(conversation=conversation).count() >= settings.MAX_ATTACHMENTS:
        raise TooManyFiles(settings.MAX_ATTACHMENTS)
    if rows.count() >= MOST_UNSENT:
        raise TooManyFiles(settings.MAX_ATTACHMENTS)


def unsent(user: User, conversation: Conversation | None) -> list[FileLine]:
    """What the person has put beside the message that is still being written. One query."""
    rows = Attachment.objects.unsent().filter(owner=user, conversation=conversation)
    sized = rows.values_list(
        "id", "name", "size", "pages", "cut", Left("text", SAMPLE), Length("text")
    )
    return [
        FileLine(row_id, name, size, pages, cut, _tokens(start, length))
        for row_id, name, size, pages, cut, start, length in sized
    ]


def attach(user: User, message: Message, ids: Sequence[UUID]) -> None:
    """Gives files to the message that was just made. Raises FileGone or TooManyFiles.

    A file that was uploaded before its conversation existed is sealed anew, bound to it.
    """
    if not ids:
        return
    if len(ids) > settings.MAX_ATTACHMENTS:
        raise TooManyFiles(settings.MAX_ATTACHMENTS)
    mine = Attachment.objects.unsent().filter(owner=user).light()
    rows = mine.select_for_update().in_bulk(ids)
    for attachment_id in dict.fromkeys(ids):
        row = rows.get(attachment_id)
        if row is None or row.conversation_id not in {None, message.conversation_id}:
            raise FileGone
        _give(row, message)


def _give(row: Attachment, message: Message) -> None:
    row.message = message
    changed = ["message"]
    if row.conversation_id != message.conversation_id:
        data = _revealed(row)
        row.conversation_id = message.conversation_id
        row.seal(data)
        changed += ["conversation", "sealed"]
    row.save(update_fields=changed)


def copy_for(messages: Mapping[int, Message]) -> None:
    """Copies the files of messages, by id, to the messages that were made of them."""
    for row in Attachment.objects.filter(message__in=messages).iterator(chunk_size=1):
        data = _revealed(row)
        message = messages[row.message_id or 0]
        row.pk = row.id = uuid4()
        row._state.adding = True  # noqa: SLF001 - Django's documented way to copy a row
        row.message, row.conversation_id = message, message.conversation_id
        row.owner_id = message.conversation.owner_id
        row.seal(data)
        row.save(force_insert=True)


def _revealed(row: Attachment) -> bytes:
    try:
        return row.reveal()
    except crypto.SealError:
        raise FileGone from None


def lines_of(messages: Iterable[Said | Message]) -> dict[int, list[FileLine]]:
    """The files of these messages, by message; one query, or none without anybody's messages."""
    ids = _of_people(messages)
    found: dict[int, list[FileLine]] = {}
    for row in Attachment.objects.filter(message__in=ids).light() if ids else ():
        found.setdefault(row.message_id or 0, []).append(_line(row))
    return found


def texts_of(messages: Iterable[Said | Message]) -> dict[int, str]:
    """What goes in front of the messages of a prompt, by message; one query."""
    ids = _of_people(messages)
    found: dict[int, str] = {}
    for row in Attachment.objects.filter(message__in=ids).defer("sealed") if ids else ():
        before = found.get(row.message_id or 0, "")
        found[row.message_id or 0] = before + delimited(row)
    return found


def delimited(row: Attachment) -> str:
    """The mark comes from the row's random id: no text in a file can end it early."""
    mark = row.id.hex[:8]
    cut = "\n[The file goes on; its end was left out.]" if row.cut else ""
    head = f'[File "{row.name}" begins, mark {mark}]'
    return f"{head}\n{row.text}{cut}\n[File ends, mark {mark}]\n\n"


def _of_people(messages: Iterable[Said | Message]) -> list[int]:
    return [message.id for message in messages if message.role == Role.USER]


def _line(row: Attachment, tokens: int = 0) -> FileLine:
    return FileLine(row.id, row.name, row.size, row.pages, row.cut, tokens)


def _tokens(start: str, characters: int) -> int:
    return round(estimate_tokens(start) * characters / max(len(start), 1))


def remove_old() -> int:
    """Unsent files of yesterday; returns how many."""
    before = timezone.now() - UNSENT_FOR
    rows = Attachment.objects.unsent().filter(created_at__lt=before)
    return rows.delete()[0]
