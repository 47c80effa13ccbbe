"""A reply as a list of HTML blocks, whole or while it is being written."""

from collections.abc import Mapping

from . import pieces
from .characters import tame
from .cleaning import clean
from .formulas import with_dollars
from .highlighting import Highlighter
from .limits import BLOCK_HTML, PART, REPLY_BLOCKS, REPLY_NODES
from .parsing import References, events
from .splitting import Segment, split, split_plain
from .writing import Writer


def render(markdown: str) -> list[str]:
    """Safe HTML of the whole text, one string per top-level block."""
    return _whole(tame(_lines(markdown)), {})


def render_text(text: str) -> str:
    """What a person typed, as it was typed, with the web addresses clickable."""
    return clean(pieces.typed(tame(_lines(text)).strip("\n")))


class LiveDocument:
    """A reply that is being written: finished blocks stay, only the open end is parsed again.

    `append` and `settle` return how many of the first blocks are unchanged.
    """

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._text: list[str] = []
        self._page = _Page()
        self._references = References()
        self._highlighter = Highlighter()
        self._finished: dict[Segment, list[str]] = {}
        self._rest = Segment("")
        self._tail: list[str] = []
        self._unseen = ""
        self._after_return = False

    def append(self, text: str) -> int:
        text = tame(self._joined_lines(text))
        self._text.append(text)
        self._rest = Segment(self._rest.source + text, self._rest.opening)
        self._unseen += text
        done = len(self._page.blocks)
        long = len(self._rest.source) > PART
        # A huge open block is parsed anew only now and then; what came since is shown as it is.
        if long and len(self._unseen) * 16 < len(self._rest.source):
            return self._show(done, [*self._tail, *_plain(self._unseen)])
        if long or "\n" in text:
            self._advance()
        self._tail, self._unseen = self._open_end(), ""
        return self._show(done, [*self._page.blocks[done:], *self._tail])

    def settle(self) -> int:
        """At the end: addresses and footnotes that were defined late reach the blocks before."""
        return self._show(0, _whole("".join(self._text), self._finished))

    def _advance(self) -> None:
        """Moves what is finished from the open end to the page."""
        segments, self._rest = ([], self._rest) if self._page.is_full else split(self._rest)
        for place, segment in enumerate(segments):
            self._references.learn(segment.markdown)
            blocks = _blocks(segment, self._references, self._highlighter)
            if not self._page.add(blocks):
                left = [*segments[place:], self._rest]
                self._rest = Segment("".join(part.source for part in left))
                break
            self._finished[segment] = blocks
        if self._page.is_full:
            texts, rest = split_plain(self._rest.source)
            self._page.blocks += _plain(*texts)
            self._rest = Segment(rest)

    def _open_end(self) -> list[str]:
        if not self._page.is_full:
            blocks = _blocks(self._rest, self._references, None)
            if self._page.has_room(blocks):
                return blocks
        return _plain(self._rest.source)

    def _show(self, kept: int, blocks: list[str]) -> int:
        """Puts `blocks` in place of all but the first `kept`; counts what stayed the same."""
        old = self.blocks[kept:]
        same = 0
        while same < min(len(old), len(blocks)) and old[same] == blocks[same]:
            same += 1
        self.blocks[kept + same :] = blocks[same:]
        return kept + same

    def _joined_lines(self, text: str) -> str:
        """A line end of two characters may arrive in two pieces."""
        if self._after_return and text.startswith("\n"):
            text, self._after_return = text[1:], False
        if text:
            self._after_return = text.endswith("\r")
        return _lines(text)


class _Page:
    """Finished blocks, up to the number of elements a browser bears."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.is_full = False
        self._nodes = 0

    def has_room(self, blocks: list[str]) -> bool:
        nodes = self._nodes + _nodes(blocks)
        return nodes <= REPLY_NODES and len(self.blocks) + len(blocks) <= REPLY_BLOCKS

    def add(self, blocks: list[str]) -> bool:
        self.is_full = not self.has_room(blocks)
        if not self.is_full:
            self.blocks += blocks
            self._nodes += _nodes(blocks)
        return not self.is_full


def _whole(text: str, finished: Mapping[Segment, list[str]]) -> list[str]:
    """`finished` are blocks made earlier; those that may refer to a definition are made anew."""
    segments, _ = split(Segment(text), final=True)
    references, highlighter, page = References(), Highlighter(), _Page()
    for segment in segments:
        references.learn(segment.markdown)
    for place, segment in enumerate(segments):
        is_alone = not references or "[" not in segment.source
        known = finished.get(segment) if is_alone else None
        if not page.add(_blocks(segment, references, highlighter) if known is None else known):
            left = "".join(part.source for part in segments[place:])
            return [*page.blocks, *_plain(left)]
    return page.blocks


def _blocks(segment: Segment, references: References, highlighter: Highlighter | None) -> list[str]:
    writer = Writer(references, highlighter, continued=bool(segment.opening))
    blocks = writer.write(events(with_dollars(segment.markdown), references))
    if max(map(len, blocks), default=0) <= BLOCK_HTML:
        blocks = [clean(block) for block in blocks]
        if all(len(block.encode()) <= BLOCK_HTML for block in blocks):
            return blocks
    return _plain(segment.source)


def _plain(*texts: str) -> list[str]:
    cut = (piece for text in texts for piece in split_plain(text, final=True)[0])
    return [clean(block) for block in map(pieces.plain, cut) if block]


def _nodes(blocks: list[str]) -> int:
    return sum(block.count("<") - block.count("</") for block in blocks)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
