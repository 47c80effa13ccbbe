"""Titles of conversations: from their first words, or what a language model wrote as one."""

import re
import unicodedata

TITLE_CHARACTERS = 60
MOST_CHARACTERS = 79
QUOTES = "\"'`“”„‟«»‹›‘’‚ "
# Some models say what it is.
LABEL = re.compile(r"^(title|titel|titre|titolo)\s*[:–-]\s*", re.IGNORECASE)
# What markdown means by its signs; in "C#", "6*7", "2 * 3" and "snake_case" they are text.
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
SIGNS = re.compile(
    r"^(?:\s*(?:\#{1,6}(?=\s|$)|>|[-*+](?:\s+\[[ xX]\])?(?=\s)))+"  # heading, quotation, list
    r"|\s\#+\s*$|`+|~~+"
    r"|(?<![\w*_])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\w*_])"
)


def title_from(text: str) -> str:
    """The first sentence of a prompt, cut at a word, without markdown's signs."""
    line = next((line for line in map(_plain, text.splitlines()) if line), "")
    sentence = re.split(r"(?<=[.?!])\s", line, maxsplit=1)[0]
    return _cut(sentence, TITLE_CHARACTERS)


def cleaned(text: str) -> str:
    """One line of a model's answer, without quotation marks; empty: it is of no use."""
    lines = map(_plain, text[:1000].splitlines())
    line = LABEL.sub("", next((line for line in lines if line), ""))
    return _cut(line.strip(QUOTES).removesuffix(".").strip(QUOTES), MOST_CHARACTERS)


def _plain(line: str) -> str:
    """Without markdown and what cannot be seen, which could turn the page's text around."""
    seen = "".join(" " if unicodedata.category(it)[0] == "C" else it for it in line)
    return " ".join(SIGNS.sub("", LINK.sub(r"\1", seen)).replace("|", " ").split())


def _cut(text: str, most: int) -> str:
    """At a word; the sign for what is left out comes on top."""
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
