"""Large JSON, a conversation at a time: the objects of a list, each with the line it begins at.

Only one object is ever in memory. What is inside is left to Python's own reader.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _

from .words import broken, too_much

PIECE = 256 * 1024
# Of one conversation: characters, objects and lists, objects within objects.
MOST_CHARACTERS = 64_000_000
MOST_PARTS = 1_000_000
DEEPEST = 200

# A backslash takes the next character along.
TOKEN = re.compile(r'\\.|["{}\[\]]', re.DOTALL)
SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Element:
    """One object as text, and the line of the file at which it begins, from 1."""

    text: str
    line: int

    def value(self) -> Any:
        """Raises BadFile with the line."""
        try:
            return json.loads(self.text, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            line = self.line + error.lineno - 1
            raise broken(line, _("This is not JSON.")) from None
        except (ValueError, RecursionError):
            raise broken(self.line, _("A number or a list is larger than it may be.")) from None


def elements(stream: IO[bytes]) -> Iterator[Element]:
    """The objects of a list, or the one object that the file is. Raises BadFile."""
    scanner = _Scanner()
    for text in _texts(stream):
        yield from scanner.take(text)
    scanner.end()


def _texts(stream: IO[bytes]) -> Iterator[str]:
    """Pieces of text that do not end within an escape."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line, kept = 1, ""
    while True:
        data = stream.read(PIECE)
        try:
            text = kept + decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            raise broken(line, _("From here on it is not text in UTF-8.")) from None
        backslashes = len(text) - len(text.rstrip("\\"))
        kept = "\\" if backslashes % 2 and data else ""
        text = text[: len(text) - len(kept)]
        line += text.count("\n")
        yield text
        if not data:
            return


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


class _Scanner:
    """Knows where objects of the outermost list begin and end; `_due` is what may come next."""

    def __init__(self) -> None:
        self._due = "start"
        self._line = 1
        self._depth = 0
        self._in_text = False
        self._held: list[str] = []
        self._size = self._parts = 0
        self._begun_at = 1
        self._after = "end"

    def take(self, text: str) -> Iterator[Element]:
        place = 0
        while place < len(text):
            step = self._inside if self._depth else self._between
            place = step(text, place)
            if self._held and not self._depth:
                yield self._finished()

    def end(self) -> None:
        if self._depth or self._due != "end":
            raise broken(self._line, _("The file ends too early. Was it cut off?"))

    def _between(self, text: str, place: int) -> int:
        """One sign outside of the objects; stays at the brace with which one begins."""
        blank = SPACE.match(text, place)
        assert blank is not None
        self._line += blank.group().count("\n")
        place = blank.end()
        if place == len(text):
            return place
        sign = text[place]
        if sign == "{" and self._due in {"start", "first", "next"}:
            self._after = "end" if self._due == "start" else "comma"
            self._begun_at, self._parts, self._size = self._line, 0, 0
            return self._inside(text, place)
        due = {
            ("start", "["): "first",
            ("first", "]"): "end",
            ("comma", ","): "next",
            ("comma", "]"): "end",
        }.get((self._due, sign))
        if due is None:
            raise broken(self._line, _("A conversation should stand here, in braces."))
        self._due = due
        return place + 1

    def _inside(self, text: str, place: int) -> int:
        """To the end of the object, or of the piece."""
        end = len(text)
        for token in TOKEN.finditer(text, place):
            sign = token.group()
            if sign == '"':
                self._in_text = not self._in_text
            elif not self._in_text and sign in "{[":
                self._open()
            elif not self._in_text and sign in "}]":
                self._depth -= 1
                if not self._depth:
                    end = token.end()
                    break
        self._hold(text[place:end])
        return end

    def _open(self) -> None:
        self._depth += 1
        self._parts += 1
        if self._depth > DEEPEST or self._parts > MOST_PARTS:
            line = self._begun_at
            words = _("a conversation with too many parts (it begins at line {line})")
            raise too_much(words.format(line=line))

    def _hold(self, text: str) -> None:
        self._held.append(text)
        self._size += len(text)
        self._line += text.count("\n")
        if self._size > MOST_CHARACTERS:
            words = _("a conversation that is too long (it begins at line {line})")
            raise too_much(words.format(line=self._begun_at))

    def _finished(self) -> Element:
        element = Element("".join(self._held), self._begun_at)
        self._held, self._due = [], self._after
        return element
