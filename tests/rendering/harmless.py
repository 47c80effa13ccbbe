"""Reads rendered HTML as a browser would and refuses whatever is not on this short list."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


MATHML = _words(
    "math mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup "
    "mtable mtd mtext mtr munder munderover menclose"
)
TAGS = MATHML | _words(
    "a blockquote br button code del div em h3 h4 h5 h6 hr li ol p pre span strong sup table tbody "
    "td th thead tr ul"
)
ATTRIBUTES = {
    "a": {"href", "target", "rel"},
    "button": {"type", "class", "aria-label"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "ol": {"start"},
    "pre": {"tabindex", "data-language"},
    "th": {"class", "scope"},
    **{name: {"class"} for name in ("blockquote", "code", "p", "span", "sup", "td")},
}
MATHML_ATTRIBUTES = _words(
    "accent accentunder columnalign columnlines columnspacing depth display displaystyle fence "
    "form height largeop linebreak linethickness lspace mathsize mathvariant maxsize minsize "
    "movablelimits notation rowlines rowspacing rspace scriptlevel separator stretchy symmetric "
    "voffset width"
)
VOID = {"br", "hr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        allowed = MATHML_ATTRIBUTES if tag in MATHML else ATTRIBUTES.get(tag, set())
        assert {name for name, _ in attrs} <= allowed, (tag, attrs)
        if tag == "a":
            self._link(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment

    def _link(self, attrs: dict[str, str | None]) -> None:
        assert attrs["target"] == "_blank"
        assert attrs["rel"] == "noopener noreferrer nofollow"
        assert re.match(r"https?://[\w.\-\[]|mailto:[^@]+@", attrs["href"] or ""), attrs


def assert_harmless(blocks: Iterable[str]) -> None:
    """Each block stands for itself: allowed elements only, each closed in the block."""
    for block in blocks:
        reader = _Reader()
        reader.feed(block)
        reader.close()
        assert reader.open == [], block
