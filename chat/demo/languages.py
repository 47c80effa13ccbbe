"""Guesses the language of a question from its small words."""

import re

from chat.demo import words

READ_CHARACTERS = 2000


def _vocabulary() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in words.read("small_words").splitlines():
        language, *small_words = line.split()
        found[language] = found.get(language, frozenset()) | frozenset(small_words)
    return found


VOCABULARY = _vocabulary()


def guess(text: str) -> str:
    """`en`, `de`, `fr` or `it`; English when nothing speaks for another."""
    words_of_text = re.findall(r"[a-zà-öø-ÿ]+", text.lower()[:READ_CHARACTERS])
    scores = {
        language: sum(word in known for word in words_of_text)
        for language, known in VOCABULARY.items()
    }
    return max(scores, key=lambda language: scores[language])
