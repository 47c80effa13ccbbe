"""Writes a parser's events as HTML, one string per top-level block, escaping all it is given.

Raw HTML is shown as text; images become links; nothing carries an id or a name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import chain, pairwise
from typing import Any

from django.utils.translation import gettext

from . import pieces
from .characters import reveal, tame
from .formulas import formula, formula_source
from .highlighting import Highlighter
from .limits import FORMULAS, NESTING
from .links import Target, anchor, linkify, mail_target, target_of
from .parsing import Event, References, kind_of, normal

_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,100})\]")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# `$5 or 4 francs a piece$` is money, not a formula.
_MONEY = re.compile(r"\d[\d.,']*[^\\=+^_{}]*\s[^\\=+^_{}]*[A-Za-z]{2}[^\\=+^_{}]*")
_SIMPLE = {
    "Paragraph": "p",
    "HtmlBlock": 'p class="raw-html"',
    "Item": "li",
    "Emphasis": "em",
    "Strong": "strong",
    "Strikethrough": "del",
}
_REFERENCED = {"Reference", "Collapsed", "Shortcut"}


@dataclass(slots=True)
class _Link:
    """A link or image being read: where its HTML begins, and its text as a reader sees it."""

    target: Target | None
    start: int
    text: str = ""


class Writer:
    """Writes one segment; `continued` if it goes on with a block that was cut.

    Without a highlighter all code stays plain.
    """

    def __init__(
        self, references: References, highlighter: Highlighter | None, *, continued: bool
    ) -> None:
        self._references = references
        self._highlighter = highlighter
        self._continued = continued
        self._blocks: list[str] = []
        self._out: list[str] = []
        self._closers: list[str] = []
        self._code: list[str] | None = None
        self._link: _Link | None = None
        self._images: list[_Link] = []
        self._columns: tuple[str, ...] = ()
        self._column = 0
        self._cell = "td"
        self._formulas_left = FORMULAS

    def write(self, events: Iterable[Event]) -> list[str]:
        for event, following in pairwise(chain(events, ("end",))):
            if isinstance(event, str):
                self._out.append({"SoftBreak": "\n", "HardBreak": "<br>", "Rule": "<hr>"}[event])
            else:
                ((name, value),) = event.items()
                self._write(name, value, following)
            if not self._closers:
                self._blocks.append("".join(self._out))
                self._out.clear()
        return [block for block in self._blocks if block]

    def _write(self, name: str, value: Any, following: Event) -> None:
        match name:
            case "Start":
                self._start(kind_of(value), value)
            case "End":
                self._end(kind_of(value))
            case "Text":
                self._text(value)
            case "InlineMath" | "DisplayMath":
                self._formula(value, following, display=name == "DisplayMath")
            case "TaskListMarker":
                self._out.append(f'<span class="task">{"☑" if value else "☐"}</span> ')
            case "FootnoteReference":
                self._out.append(pieces.footnote_mark(value))
            case _:
                self._source(name, value)

    # --- text --------------------------------------------------------------------------------
    def _text(self, text: str) -> None:
        if self._code is not None:
            self._code.append(text)
        elif not self._hear(text):
            return
        elif self._link:
            self._out.append(escape(reveal(text), quote=False))
        else:
            # Once more: an entity may have stood for a character that was not there before.
            self._out.append(self._prose(tame(text)))

    def _prose(self, text: str) -> str:
        if "[^" not in text or not self._references.footnotes:
            return linkify(text)
        parts = _FOOTNOTE.split(text)
        for place in range(0, len(parts), 2):
            parts[place] = linkify(parts[place])
        for place in range(1, len(parts), 2):
            known = parts[place] in self._references.footnotes
            written = pieces.footnote_mark if known else _unknown_footnote
            parts[place] = written(parts[place])
        return "".join(parts)

    def _source(self, name: str, text: str) -> None:
        """Code in a line, and HTML, which is never more than text (save a line break)."""
        if not self._hear(text):
            return
        shown = escape(reveal(text), quote=False)
        if name == "Code":
            shown = f"<code>{shown}</code>"
        elif name == "InlineHtml" and _LINE_BREAK.fullmatch(text):
            shown = "<br>"
        self._out.append(shown)

    def _formula(self, latex: str, following: Event, *, display: bool) -> None:
        next_text = following.get("Text", "") if isinstance(following, dict) else ""
        if not display and (next_text[:1].isdigit() or _MONEY.fullmatch(latex)):
            self._text(f"${latex}$")
        elif self._hear(latex):
            self._formulas_left -= len(latex)
            write = formula if self._formulas_left >= 0 else formula_source
            self._out.append(write(latex, display=display))

    def _hear(self, text: str) -> bool:
        """Notes what an open link says; false inside an image, whose text is written later."""
        if self._images:
            self._images[0].text += text
            return False
        if self._link:
            self._link.text += text
        return True

    # --- blocks and marks ----------------------------------------------------------------------
    def _start(self, kind: str, tag: Any) -> None:
        opened, closer = "", ""
        if kind == "CodeBlock":
            self._code = []
            closer = tag["CodeBlock"]["Fenced"] if isinstance(tag["CodeBlock"], dict) else ""
        elif kind in ("Link", "Image"):
            self._start_link(kind, tag[kind])
        elif len(self._closers) < NESTING and not self._images:
            opened, closer = self._tags(kind, tag)
        self._out.append(opened)
        self._closers.append(closer)

    def _end(self, kind: str) -> None:
        closer = self._closers.pop()
        if kind == "CodeBlock":
            self._out.append(self._code_block(closer))
        elif kind == "Link":
            self._end_link()
        elif kind == "Image":
            self._end_image()
        elif kind == "HtmlBlock":
            self._out[-1] = self._out[-1].rstrip("\n")
            self._out.append(closer)
        else:
            self._out.append(closer)

    def _tags(self, kind: str, tag: Any) -> tuple[str, str]:
        if name := _SIMPLE.get(kind):
            return f"<{name}>", f"</{name.split()[0]}>"
        if kind.startswith("Table"):
            return self._table_tags(kind, tag)
        value = tag[kind]
        match kind:
            case "Heading":
                # The page has the first level, the message the second.
                name = f"h{min(int(value['level'][1]) + 2, 6)}"
                return f"<{name}>", f"</{name}>"
            case "List" if value is not None:
                return (f'<ol start="{value}">' if value != 1 else "<ol>"), "</ol>"
            case "List":
                return "<ul>", "</ul>"
            case "FootnoteDefinition":
                mark = pieces.footnote_mark(value)
                return f'<div class="footnote" role="note">{mark}', "</div>"
            case _:
                return (pieces.alert(value) if value else "<blockquote>"), "</blockquote>"

    def _table_tags(self, kind: str, tag: Any) -> tuple[str, str]:
        match kind:
            case "Table":
                self._columns = tag["Table"]
                return pieces.table_start(), "</tbody></table></div>"
            case "TableHead":
                self._column, self._cell = 0, "th"
                return "<thead><tr>", "</tr></thead><tbody>"
            case "TableRow":
                self._column, self._cell = 0, "td"
                return "<tr>", "</tr>"
        align = self._columns[self._column].lower()
        self._column += 1
        scope = ' scope="col"' if self._cell == "th" else ""
        aligned = "" if align == "none" else f' class="align-{align}"'
        return f"<{self._cell}{scope}{aligned}>", f"</{self._cell}>"

    def _code_block(self, info: str) -> str:
        """Colours come when the code is finished: they would jump while it is written."""
        code, self._code = reveal("".join(self._code or ())), None
        language = pieces.code_language(info)
        if self._highlighter:
            inner = self._highlighter.highlighted(code, language)
        else:
            inner = escape(code, quote=False)
        if self._continued and not self._closers and not self._blocks:
            return pieces.code_rest(inner, language)
        return pieces.code_block(inner, language)

    # --- links and images ----------------------------------------------------------------------
    def _start_link(self, kind: str, link: dict[str, str]) -> None:
        address = link["dest_url"]
        if link["link_type"] in _REFERENCED:
            address = self._references.links.get(normal(link["id"]), address)
        target = mail_target(address) if link["link_type"] == "Email" else target_of(address)
        opened = _Link(target, len(self._out) + 1)
        if kind == "Image":
            self._images.append(opened)
        elif not self._images:
            self._link = opened

    def _end_link(self) -> None:
        link, self._link = self._link, None if not self._images else self._link
        if self._images or link is None:
            return
        inner = "".join(self._out[link.start :])
        del self._out[link.start :]
        self._out.append(anchor(link.target, inner, link.text) if link.target else inner)

    def _end_image(self) -> None:
        """An image would be fetched from wherever a model was talked into; a link waits."""
        image = self._images.pop()
        if self._images:
            return
        text = image.text
        if self._link or not image.target:
            self._text(text or gettext("Image"))
        else:
            self._out.append(anchor(image.target, escape(reveal(text), quote=False), text))


def _unknown_footnote(label: str) -> str:
    return escape(f"[^{label}]", quote=False)
