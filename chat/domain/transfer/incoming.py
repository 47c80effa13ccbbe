"""An upload as threads, whichever program it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from . import archives, chatgpt, openwebui, reading
from .document import FORMAT
from .splitting import Element, elements
from .threads import Thread
from .words import BadFile, too_much


@dataclass(frozen=True, slots=True)
class Incoming:
    """`done` of `total` bytes were read when it came."""

    thread: Thread
    done: int
    total: int


def threads(upload: IO[bytes], size: int) -> Iterator[Incoming]:
    """One at a time. Raises BadFile, with the file and line where there are any."""
    count = messages = 0
    with archives.sources(upload, size) as found:
        total, before = sum(source.size for source in found), 0
        for source in found:
            with source.open() as stream:
                for element in _elements(source.name, stream):
                    thread = _thread(source.name, element)
                    count, messages = count + 1, messages + len(thread.messages)
                    _check(count, messages)
                    # What is read ahead counts: it is a fraction of a second.
                    yield Incoming(thread, min(before + _told(stream), total), total)
            before += source.size
    if not count:
        raise BadFile(_("There is no conversation in this file."))


def thread_of(value: Any) -> Thread:
    """Raises BadFile."""
    if value.get("format") == FORMAT:
        return reading.read(value)
    if "mapping" in value:
        return chatgpt.read(value)
    if isinstance(value.get("chat"), dict) or isinstance(value.get("history"), dict):
        return openwebui.read(value)
    raise BadFile(
        _(
            "This is not a conversation of Chatsite, ChatGPT or Open WebUI, "
            "or its format is too new."
        )
    )


def _elements(name: str, stream: IO[bytes]) -> Iterator[Element]:
    try:
        yield from elements(stream)
    except BadFile as bad:
        raise _in_file(name, bad.words) from None


def _thread(name: str, element: Element) -> Thread:
    value = None
    try:
        value = element.value()
        return thread_of(value)
    except BadFile as bad:
        if value is None:
            raise _in_file(name, bad.words) from None
        words = _("The conversation that begins at line {line}: {what}")
        raise _in_file(name, words.format(line=element.line, what=bad.words)) from None


def _in_file(name: str, words: object) -> BadFile:
    return BadFile(f"{name}: {words}" if name else str(words))


def _told(stream: IO[bytes]) -> int:
    try:
        return stream.tell()
    except OSError:
        return 0


def _check(count: int, messages: int) -> None:
    if count > settings.MAX_IMPORT_CONVERSATIONS:
        most = settings.MAX_IMPORT_CONVERSATIONS
        raise too_much(_("more than {most} conversations").format(most=most))
    if messages > settings.MAX_IMPORT_MESSAGES * 25:
        raise too_much(
            _("more than {most} messages").format(most=settings.MAX_IMPORT_MESSAGES * 25)
        )
