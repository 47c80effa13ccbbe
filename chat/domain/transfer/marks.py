"""What ChatGPT shows in the place of marks in its answers: sources, names, lists of pages.

The marks are characters for private use: U+E200, a kind, U+E202 before each argument, U+E201.
`content_references` beside the answer tells by `matched_text` what was seen: Markdown, as `alt`.
"""

import json
import re
from typing import Any

from chat.protocol import clean_text

from .builder import of_dict, of_text

# Ends at the next beginning, so that hostile text costs no more than its length.
MARK = re.compile("( ?)(\ue200([^\ue200\ue201]*)\ue201)")
STRAY = re.compile("[\ue200-\ue206]")
BETWEEN = "\ue202"


def shown(text: str, references: list[Any]) -> str:
    """The text as a person saw it; a mark that says nothing goes with the space before it."""
    if STRAY.search(text) is None:
        return text
    known = {
        of_text(it.get("matched_text")): of_text(it.get("alt")) for it in map(of_dict, references)
    }

    def _replaced(found: re.Match[str]) -> str:
        words = known.get(found[2]) or _named(found[3])
        return found[1] + words if words else ""

    return STRAY.sub("", MARK.sub(_replaced, text))


def _named(inner: str) -> str:
    """The words of a mark that speaks for itself: an entity's name, the text of a link."""
    kind, *arguments = inner.split(BETWEEN)
    if not arguments or kind not in {"entity", "url"}:
        return ""
    if kind == "url":
        return f"[{arguments[0]}]({arguments[1]})" if len(arguments) > 1 else arguments[0]
    try:
        value = json.loads(arguments[0])
    except (ValueError, RecursionError):
        return arguments[0]
    names = value[1:2] if isinstance(value, list) else []
    return clean_text(names[0]) if names and isinstance(names[0], str) else ""
