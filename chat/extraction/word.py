"""The text of Word's .docx files: paragraphs, lists, tables, notes.

The XML is read as it is unpacked, so that neither a bomb of zeros nor one of nested elements or
entities is ever in memory.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from .kinds import OLE, ZIP
from .limits import MOST_DEPTH, MOST_UNPACKED_BYTES
from .results import Extracted, Problem, Unreadable

DOCUMENT = "word/document.xml"
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
PIECE = 65_536
# The same drawing once more, for old programs; and the text of fields and of what was deleted.
LEFT_OUT = {"Fallback", "instrText", "delText"}


class _Enough(Exception):
    """There is more text than is wanted."""


def read(data: bytes, most_characters: int) -> Extracted:
    if data.startswith(OLE):
        raise Unreadable(Problem.ENCRYPTED)
    if not data.startswith(ZIP):
        raise Unreadable(Problem.WRONG_KIND)
    text = _Text(most_characters)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _read_parts(archive, text)
    except _Enough:
        return Extracted(text.joined(), cut=True)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError):
        raise Unreadable(Problem.BROKEN) from None
    return Extracted(text.joined())


def _read_parts(archive: zipfile.ZipFile, text: "_Text") -> None:
    names = set(archive.namelist())
    if DOCUMENT not in names:
        raise Unreadable(Problem.WRONG_KIND)
    budget = MOST_UNPACKED_BYTES
    for name in (DOCUMENT, *(name for name in NOTES if name in names)):
        if archive.getinfo(name).flag_bits & 1:
            raise Unreadable(Problem.ENCRYPTED)
        with archive.open(name) as part:
            budget = _parse(part, text, budget)


def _parse(part: IO[bytes], text: "_Text", budget: int) -> int:
    """What is left of the budget, in bytes."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = text.start
    parser.EndElementHandler = text.end
    parser.CharacterDataHandler = text.characters
    # Word writes none; entities can be declared nowhere else.
    parser.StartDoctypeDeclHandler = _refuse_doctype
    for piece in _pieces(part):
        budget -= len(piece)
        if budget < 0:
            raise Unreadable(Problem.TOO_COMPLEX)
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    return budget


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    while piece := part.read(PIECE):
        yield piece


def _refuse_doctype(*_parts: object) -> None:
    raise Unreadable(Problem.BROKEN)


class _Text:
    """Hears of elements and keeps what a reader would see."""

    def __init__(self, most_characters: int) -> None:
        self._most = most_characters
        self._parts: list[str] = []
        self._size = 0
        self._depth = 0
        self._hidden = 0
        self._in_text = False
        self._cells = 0

    def joined(self) -> str:
        return "".join(self._parts)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise Unreadable(Problem.TOO_COMPLEX)
        tag = name.rpartition(" ")[2]
        if tag in LEFT_OUT or self._hidden:
            self._hidden += 1
        elif tag == "t":
            self._in_text = True
        elif tag in {"tab", "br", "cr", "numPr", "tc", "noBreakHyphen"}:
            self._sign(tag, attributes)

    def _sign(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "tc":
            self._cells += 1
            if self._cells > 1:
                self._add(" | ")
        elif tag == "numPr":
            self._add("- ")
        elif tag == "tab":
            # The stops of a paragraph's ruler have a position; only the one in a line is text.
            if not attributes:
                self._add("\t")
        else:
            self._add("-" if tag == "noBreakHyphen" else "\n")

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._hidden:
            self._hidden -= 1
            return
        tag = name.rpartition(" ")[2]
        if tag == "t":
            self._in_text = False
        elif tag == "tr":
            self._cells = 0
            self._add("\n")
        elif tag == "p":
            self._add(" " if self._cells else "\n")

    def characters(self, text: str) -> None:
        if self._in_text:
            self._add(text)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._size += len(text)
        if self._size > self._most:
            raise _Enough
