"""One file to text; runs in the child process."""

import re
from dataclasses import replace

from . import plain, word
from .kinds import PLAIN
from .limits import Limits
from .results import Extracted, Problem, Unreadable

LINES = re.compile(r"\r\n?|[\u2028\u2029\x85\x0c]")
SPACE_AT_ENDS = re.compile(r"[ \t]+\n")
EMPTY_LINES = re.compile(r"\n{4,}")


def read(kind: str, data: bytes, limits: Limits) -> Extracted:
    """Raises Unreadable, and whatever a hostile file can make a parser raise."""
    extracted = _parsed(kind, data, limits)
    text = tidy(extracted.text)
    if not text:
        raise Unreadable(Problem.NO_TEXT, extracted.pages)
    if len(text) > limits.characters:
        return replace(extracted, text=text[: limits.characters].rstrip(), cut=True)
    return replace(extracted, text=text)


def _parsed(kind: str, data: bytes, limits: Limits) -> Extracted:
    if kind in PLAIN:
        return plain.read(data)
    if kind == "docx":
        return word.read(data, limits.characters)
    # Imported when it is needed: the other kinds are read in half the time.
    from . import pdf  # noqa: PLC0415

    return pdf.read(data, limits)


def tidy(text: str) -> str:
    """One kind of line break, no signs that databases or providers refuse."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = plain.CONTROLS.sub("", LINES.sub("\n", text))
    return EMPTY_LINES.sub("\n\n\n", SPACE_AT_ENDS.sub("\n", text)).strip()
