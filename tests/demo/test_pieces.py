"""Splitting, waiting and counting."""

from itertools import islice

import pytest

from chat.demo.pieces import count_prompt_tokens, count_tokens, cut_to_tokens, split, waits


@pytest.mark.parametrize(
    "text",
    ["", "one", "two words", "  lead\n\n\ttail \n", "averyveryverylongword", "日本語 🌱👩🏽‍🔬"],
)
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(split(text)) == text


def test_pieces_are_small_and_start_with_their_space() -> None:
    assert list(split("The demonstration ends.")) == ["The", " demon", "strat", "ion", " ends."]


def test_waits_vary_but_keep_the_rate() -> None:
    seconds = list(islice(waits(35), 350))

    assert sum(seconds) == pytest.approx(10)
    assert len(set(seconds)) > 1


def test_tokens_are_about_four_characters() -> None:
    assert [count_tokens(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]
    assert count_prompt_tokens(["abcd", ""]) == 7


def test_cutting_keeps_whole_tokens() -> None:
    assert cut_to_tokens("abcdefgh", 1) == ("abcd", True)
    assert cut_to_tokens("abcdefgh", 2) == ("abcdefgh", False)
    assert cut_to_tokens("abcdefgh", None) == ("abcdefgh", False)
