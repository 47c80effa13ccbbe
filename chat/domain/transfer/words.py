"""What can be wrong with a file, in plain words and with the place."""

from django.utils.translation import gettext as _

from chat.domain.errors import Refused


class BadFile(Refused):
    """The file cannot be taken; nothing of it stays."""

    code = "bad_file"

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def broken(line: int, what: str) -> BadFile:
    return BadFile(_("Line {line}: {what}").format(line=line, what=what))


def misplaced(place: str, what: str) -> BadFile:
    """`place` is a way through the file, as in “messages, 3, text”."""
    return BadFile(_("At “{place}”: {what}").format(place=place, what=what))


def too_much(what: str) -> BadFile:
    return BadFile(_("The file holds too much: {what}").format(what=what))
