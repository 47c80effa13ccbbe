"""Documents that ChatGPT wrote on its canvas: they stand in what it asked a tool to do."""

import json
from typing import Any

from .builder import of_dict, of_list, of_text
from .markdown import fenced

CREATE, UPDATE = "canmore.create_textdoc", "canmore.update_textdoc"
# The pattern of a change that writes the whole document anew.
EVERYTHING = ".*"


class Canvas:
    """Of one conversation; remembers what kind of document was made last."""

    def __init__(self) -> None:
        self._kind = ""

    def text(self, recipient: str, asked: str) -> str | None:
        """The document as Markdown; None where none was written as a whole."""
        if recipient not in {CREATE, UPDATE}:
            return None
        try:
            value = of_dict(json.loads(asked))
        except (ValueError, RecursionError):
            return None
        written = self._made(value) if recipient == CREATE else _anew(value)
        if not written.strip():
            return None
        name = " ".join(of_text(value.get("name")).split())
        head = f"**{name}**\n\n" if name else ""
        return head + (fenced(written, self._kind) if self._kind else written)

    def _made(self, value: dict[str, Any]) -> str:
        kind, _slash, language = of_text(value.get("type")).partition("/")
        plain = "".join(filter(str.isalnum, language))[:20]
        self._kind = (plain or "text") if kind == "code" else ""
        return of_text(value.get("content"))


def _anew(value: dict[str, Any]) -> str:
    updates = [of_dict(it) for it in of_list(value.get("updates"))]
    if len(updates) != 1 or updates[0].get("pattern") != EVERYTHING:
        return ""
    return of_text(updates[0].get("replacement"))
