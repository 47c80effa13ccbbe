"""Known counts of a common byte-pair tokenizer, to be met within a third."""

from __future__ import annotations

import pytest

from chat.providers import estimate_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Hello, world!", 4),
        ("The quick brown fox jumps over the lazy dog.", 10),
        ("    indented = call(argument)\n", 8),
        ("1234567890", 4),
        ("日本語のテキスト", 6),
    ],
)
def test_it_is_near_what_a_tokenizer_counts(text: str, tokens: int) -> None:
    assert tokens * 0.66 <= estimate_tokens(text) <= tokens * 1.5


def test_nothing_is_no_token() -> None:
    assert estimate_tokens("") == 0


def test_longer_texts_have_more_tokens() -> None:
    assert estimate_tokens("word " * 100) == 100
