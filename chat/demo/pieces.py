"""Text in small pieces at a human pace, and the estimate of how many tokens it is."""

import re
from collections.abc import Iterator
from itertools import cycle

CHARACTERS_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 3
TOKENS_PER_SECOND = 35
# Fixed, so that two runs of one answer are alike; the mean is 1.
JITTER = (0.7, 1.3, 0.9, 1.5, 0.6, 1.0)

WORD_PIECE = re.compile(r"\s*\S{1,5}|\s+")


def split(text: str) -> Iterator[str]:
    """Pieces of about one token; joined together they are the text again."""
    return (match.group() for match in WORD_PIECE.finditer(text))


def blocks(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def waits(rate: float = TOKENS_PER_SECOND, *, steady: bool = False) -> Iterator[float]:
    """Seconds before each piece, without end."""
    return cycle([1 / rate]) if steady else (factor / rate for factor in cycle(JITTER))


def count_tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def count_prompt_tokens(texts: list[str]) -> int:
    return sum(count_tokens(text) + TOKENS_PER_MESSAGE for text in texts)


def cut_to_tokens(text: str, limit: int | None) -> tuple[str, bool]:
    """The text within `limit` tokens, and whether something was cut off."""
    if limit is None or count_tokens(text) <= limit:
        return text, False
    return text[: limit * CHARACTERS_PER_TOKEN], True
