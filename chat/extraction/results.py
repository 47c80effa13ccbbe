"""What comes of reading a file."""

from dataclasses import dataclass
from enum import StrEnum


class Problem(StrEnum):
    """Why a file gives no text."""

    WRONG_KIND = "wrong_kind"  # the content is not what the ending says
    BINARY = "binary"  # no text at all
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_COMPLEX = "too_complex"  # more memory or time than a file may take
    NO_TEXT = "no_text"  # scanned pictures, or empty
    BUSY = "busy"  # too many other files are being read


class Unreadable(Exception):
    """`pages` is known where there are too many."""

    def __init__(self, problem: Problem, pages: int | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.pages = pages


@dataclass(frozen=True, slots=True)
class Extracted:
    """`cut`: there was more text. `pages` is known for PDF files only."""

    text: str
    cut: bool = False
    pages: int | None = None
