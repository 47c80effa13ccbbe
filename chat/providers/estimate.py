"""A local guess at how many tokens a text has, for calls whose provider reported none."""

from __future__ import annotations

import math
import re

# Close to what byte-pair tokenizers do: words in pieces, digits in threes, most other scripts
# near one token per sign or two.
_PIECES = re.compile(
    r"(?P<word>[A-Za-z]+)"
    r"|(?P<latin>[\u00c0-\u024f]+)"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<break>\n\s*)"
    r"|(?P<space>[^\S\n]+)"
    r"|(?P<wide>[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+)"
    r"|(?P<letters>[^\W\d_]+)"
    r"|(?P<mark>[!-/:-@\[-`{-~]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_SIGNS_PER_TOKEN = {
    "word": 6.0,
    "latin": 1.5,
    "digits": 3.0,
    "break": math.inf,
    "space": 16.0,
    "wide": 1.3,
    "letters": 2.6,
    "mark": 2.0,
    "other": 0.6,
}


def estimate_tokens(text: str) -> int:
    return math.ceil(sum(_cost(piece) for piece in _PIECES.finditer(text)))


def _cost(piece: re.Match[str]) -> float:
    kind = piece.lastgroup or "other"
    length = piece.end() - piece.start()
    if kind == "space":
        # One space belongs to the word that follows it.
        return 0.0 if length == 1 else length / _SIGNS_PER_TOKEN[kind]
    return max(1.0, length / _SIGNS_PER_TOKEN[kind]) if kind != "latin" else length / 1.5
