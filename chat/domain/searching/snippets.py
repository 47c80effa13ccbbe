"""The sentence of a text that holds the words, in parts that are marked or not: never HTML."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .query import Term

# Of a text so much is shown, and so much of it stands before the first word.
SHOWN = 220
BEFORE = 90
MOST_MATCHES = 200


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    marked: bool


class _Folding(dict[int, str]):
    """From each character to the one that it counts as; as long as before."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFD", chr(code))
        plain = base[0] if len(base) > 1 and "\u0300" <= base[1] <= "\u036f" else chr(code)
        small = plain.lower()
        self[code] = small if len(small) == 1 else plain
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Small letters without accents; each character stays in its place."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def pattern(terms: Sequence[Term]) -> re.Pattern[str] | None:
    """Finds the terms in folded text; None where there are no words."""
    alternatives = []
    for term in sorted(terms, key=lambda term: -len(term.text)):
        words = [re.escape(fold(word)) for word in term.words]
        if words:
            signs = any(ord(sign) > 0x3000 for sign in term.words[0])
            begin = "" if signs else r"(?<![^\W_])"
            end = "" if term.prefix or signs else r"(?![^\W_])"
            alternatives.append(begin + r"[\W_]*".join(words) + end)
    return re.compile("|".join(alternatives)) if alternatives else None


def snippet(text: str, terms: Sequence[Term]) -> tuple[Part, ...]:
    """From where most of the words stand together; from the beginning where none is found."""
    looked_for = pattern(terms)
    at = _best(fold(text), looked_for) if looked_for else 0
    begin = _beginning(text, at)
    piece = text[begin : begin + SHOWN + BEFORE]
    plain = _plain(piece)
    shown = plain[:SHOWN].rsplit(" ", 1)[0] if len(plain) > SHOWN else plain
    cut = len(plain) > SHOWN or begin + len(piece) < len(text)
    return _parts(("… " if begin else "") + shown + (" …" if cut else ""), looked_for)


def marked(text: str, terms: Sequence[Term]) -> tuple[Part, ...]:
    """The whole of a short text, such as a title."""
    return _parts(text, pattern(terms))


def _best(folded: str, looked_for: re.Pattern[str]) -> int:
    matches: list[tuple[int, str]] = []
    for match in looked_for.finditer(folded):
        matches.append((match.start(), match[0]))
        if len(matches) == MOST_MATCHES:
            break
    best, most = 0, 0
    for index, (start, _word) in enumerate(matches):
        near = {word for at, word in matches[index : index + 20] if at < start + SHOWN - BEFORE}
        if len(near) > most:
            best, most = start, len(near)
    return best


def _beginning(text: str, at: int) -> int:
    """The beginning of the sentence or line around `at`, or of a word not too far from it."""
    if at <= BEFORE // 3:
        return 0
    least = max(0, at - BEFORE)
    before = text[least:at]
    ends = [match.end() for match in re.finditer(r"[.!?:]\s+|\n+\s*|[。！？]", before)]
    if ends:
        return least + ends[-1]
    space = before.find(" ")
    return least + space + 1 if least and space >= 0 else least


def _plain(text: str) -> str:
    """On one line, without the signs of markdown."""
    lines = (re.sub(r"^\s*(?:[#>]+|[-+*]|\d+\.)\s+", "", line) for line in text.splitlines())
    signless = re.sub(r"[*`|~]+|\[([^\]]*)\]\([^)]*\)", r" \1 ", " ".join(lines))
    return " ".join(re.sub(r"-{3,}", " ", signless).split())


def _parts(text: str, looked_for: re.Pattern[str] | None) -> tuple[Part, ...]:
    parts: list[Part] = []
    end = 0
    for match in looked_for.finditer(fold(text)) if looked_for else ():
        if match.start() > end:
            parts.append(Part(text[end : match.start()], marked=False))
        parts.append(Part(text[match.start() : match.end()], marked=True))
        end = match.end()
    if end < len(text):
        parts.append(Part(text[end:], marked=False))
    return tuple(parts)
