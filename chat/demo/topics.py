"""Which topic a question is about, by the beginnings of words in four languages."""

import re
from dataclasses import dataclass

from chat.demo import words

UNKNOWN = "unknown"
ENOUGH = 3  # one strong word, or several weak ones
READ_CHARACTERS = 4000


@dataclass(frozen=True)
class Clue:
    """Beginnings of words, and phrases, that speak for a topic with some weight."""

    topic: str
    weight: int
    beginnings: tuple[str, ...]
    phrases: tuple[str, ...]

    def score(self, text: str, words_of_text: list[str]) -> int:
        by_word = sum(word.startswith(self.beginnings) for word in words_of_text)
        return self.weight * (by_word + sum(phrase in text for phrase in self.phrases))


def _read_clue(line: str) -> Clue:
    listed, *phrases = (part.strip() for part in line.split("|"))
    topic, weight, *beginnings = listed.split()
    return Clue(topic, int(weight), tuple(beginnings), tuple(phrases))


CLUES = [_read_clue(line) for line in words.read("topics").splitlines() if line[0] != "#"]


def find_topic(question: str) -> str:
    """The topic most of the question's words speak for; `unknown` when hardly any does."""
    text = " ".join(question.lower()[:READ_CHARACTERS].replace("\u2019", "'").split())
    if text.startswith("/demo"):
        return "help"
    words_of_text = re.findall(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", text)
    scores: dict[str, int] = {}
    for clue in CLUES:
        scores[clue.topic] = scores.get(clue.topic, 0) + clue.score(text, words_of_text)
    best = max(scores, key=lambda topic: scores[topic])
    return best if scores[best] >= ENOUGH else UNKNOWN
