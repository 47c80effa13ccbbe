"""What both databases are asked for, in words that neither of them has made up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .query import Term

# What goes to the database beside the statement.
Value = str | int | datetime | list[UUID] | list[str] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: in all of a person's own conversations, and in others by their ids."""

    owner: int | None
    conversations: frozenset[UUID] = frozenset()
    without: frozenset[UUID] = frozenset()

    @property
    def is_nowhere(self) -> bool:
        return self.owner is None and not self.conversations


# What is indexed of a message: its own words, and the comments on it.
TEXTS = ("words", "comments")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`marks`: of each group one must be there; they stand in the index beside the words.

    r: first letter of the role. a: author. m: language model. y, t: year, month. h: what it has.
    `texts`: in which of them the words may stand.
    """

    place: Place
    terms: tuple[Term, ...]
    marks: tuple[tuple[str, ...], ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    of_titles: bool = False
    texts: tuple[str, ...] = TEXTS

    @property
    def is_about_messages(self) -> bool:
        """Titles have no author, no model, no code."""
        dated = self.since is not None or self.until is not None
        return bool(self.marks) or dated


def conditions(wanted: Wanted, moment: str) -> tuple[str, list[Value]]:
    """What the marks do not know, as SQL about the column `moment`; empty if there is nothing."""
    said: list[str] = []
    values: list[Value] = []
    if wanted.since is not None:
        said.append(f"{moment} >= %s")
        values.append(wanted.since)
    if wanted.until is not None:
        said.append(f"{moment} < %s")
        values.append(wanted.until)
    return " AND ".join(said), values
