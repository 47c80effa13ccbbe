"""Cuts a growing reply into segments that are finished for good.

A block is finished when nothing that may still come can change where it ends: a paragraph at the
blank line after it, a fence at its closing line, and any block once the first line of the next
one is complete (a lone `3` after a list is not yet a paragraph). A block that grows too long is
cut at an item, a row or a line; what the rest needs to be understood (the table's head, the
opening fence) is its `opening`.

Where cuts fall depends on the text alone, not on the pieces in which it arrives.
"""

from dataclasses import dataclass

from .cuts import Window, text_cut
from .limits import PART, WINDOW


@dataclass(frozen=True, slots=True)
class Segment:
    """`source` is its share of the reply; `opening` is repeated in front of it when parsing."""

    source: str
    opening: str = ""

    @property
    def markdown(self) -> str:
        return self.opening + self.source


def split(rest: Segment, *, final: bool = False) -> tuple[list[Segment], Segment]:
    """The finished segments and what stays open; with `final`, no more text will come."""
    finished: list[Segment] = []
    while True:
        was_cut, found, rest = _split_window(rest, final=final)
        finished += found
        if not found or not (was_cut or len(rest.source) > WINDOW):
            break
    if final and rest.source:
        return [*finished, rest], Segment("")
    return finished, rest


def split_plain(source: str, *, final: bool = False) -> tuple[list[str], str]:
    """The same for text that is not markdown."""
    pieces, data, position = [], source.encode(), 0
    while len(data) - position > PART:
        end = text_cut(data, position, PART)
        pieces.append(data[position:end].decode())
        position = end
    rest = data[position:].decode()
    return ([*pieces, rest], "") if final and rest else (pieces, rest)


def _split_window(rest: Segment, *, final: bool) -> tuple[bool, list[Segment], Segment]:
    """One parse, up to the first forced cut: behind it the text reads differently."""
    beyond = rest.source[WINDOW:]
    window = Window(rest.opening, rest.source[:WINDOW], final=final and not beyond)
    finished: list[Segment] = []
    position, opening, was_cut = window.start, rest.opening, False
    for span, following in window.pairs():
        cut = window.cut(span, following, position)
        was_cut = cut is not None
        if cut is None and not window.is_finished(span, following):
            break
        end = cut or window.line_end(span.end if span else window.size)
        finished.append(Segment(window.text(position, end), opening))
        opening = window.opening_after(span, cut) if span and cut else ""
        position = end
        if was_cut:
            break
    return was_cut, finished, Segment(window.text(position, window.size) + beyond, opening)
