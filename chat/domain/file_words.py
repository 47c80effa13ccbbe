"""From the bytes of an uploaded file to its text, or to a sentence that says what is wrong."""

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from chat.extraction import Extractor, Limits, Problem, Unreadable, kind_of

from .errors import Refused

MOST_CHARACTERS = 200_000
MOST_PAGES = 300
MOST_NAME = 120

# For this process: whoever comes third waits.
extractor = Extractor()


class FileRefused(Refused):
    code: ClassVar[str] = "file"

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Intaken:
    kind: str
    text: str
    cut: bool
    pages: int | None


def read_file(name: str, data: bytes) -> Intaken:
    """Raises FileRefused."""
    kind = kind_of(name)
    if kind is None:
        raise FileRefused(
            _("“{name}” cannot be read. Files may be .txt, .md, .csv, .pdf or .docx.").format(
                name=name
            )
        )
    if len(data) > settings.MAX_ATTACHMENT_BYTES:
        raise too_large(name)
    limits = Limits(characters=MOST_CHARACTERS, pages=MOST_PAGES)
    try:
        found = extractor.extract(kind, data, limits)
    except Unreadable as unreadable:
        raise FileRefused(_words(unreadable, name)) from None
    return Intaken(kind, found.text, found.cut, found.pages)


def too_large(name: str) -> FileRefused:
    most = filesizeformat(settings.MAX_ATTACHMENT_BYTES)
    return FileRefused(
        _("“{name}” is too large. Files may have {most} at most.").format(name=name, most=most)
    )


def _words(unreadable: Unreadable, name: str) -> str:
    sentence = {
        Problem.WRONG_KIND: _(
            "“{name}” is not what its ending says. Save it anew in the program that it comes from."
        ),
        Problem.BINARY: _("“{name}” contains no readable text."),
        Problem.ENCRYPTED: _(
            "“{name}” is protected with a password or in an old format. "
            "Save it without a password, as .docx or .pdf."
        ),
        Problem.BROKEN: _("“{name}” is damaged. Save it anew in the program that it comes from."),
        Problem.TOO_MANY_PAGES: _(
            "“{name}” has {pages} pages; {most} are allowed. Add only the part that you need."
        ),
        Problem.TOO_COMPLEX: _(
            "“{name}” takes too long to read. Save it anew, or add only the part that you need."
        ),
        Problem.NO_TEXT: _(
            "There is no text in “{name}”: perhaps its pages are pictures. "
            "Have a program recognise the text first."
        ),
        Problem.BUSY: _("Many files are being read right now. Add “{name}” again in a moment."),
    }[unreadable.problem]
    return sentence.format(name=name, pages=unreadable.pages, most=MOST_PAGES)


def shown_name(name: str) -> str:
    """One line without a path or invisible signs that turn letters around; the ending stays."""
    name = re.split(r"[/\\]", name)[-1]
    kept = (" " if ch.isspace() else ch for ch in name if _is_visible(ch))
    name = " ".join("".join(kept).replace('"', "'").split())
    if len(name) <= MOST_NAME:
        return name or _("file")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: MOST_NAME - len(ending) - 2]}…{dot}{ending[:10]}"


def _is_visible(ch: str) -> bool:
    return ch.isspace() or unicodedata.category(ch)[0] != "C"
