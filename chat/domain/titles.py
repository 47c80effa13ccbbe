"""Titles of conversations from their first words."""

import re

TITLE_CHARACTERS = 60


def title_from(text: str) -> str:
    """The first sentence of a prompt, cut at a word, without markdown's signs."""
    line = next((line for line in map(_plain, text.splitlines()) if line), "")
    sentence = re.split(r"(?<=[.?!])\s", line, maxsplit=1)[0]
    if len(sentence) <= TITLE_CHARACTERS:
        return sentence
    cut = sentence[:TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:-")
    return f"{cut}…"


def _plain(line: str) -> str:
    return " ".join(re.sub(r"[#*_`>|~\[\]]+", " ", line).split())
