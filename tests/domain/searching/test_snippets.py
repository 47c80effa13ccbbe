"""The sentence that is shown of a text, and what is marked in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.searching.query import parse
from chat.domain.searching.snippets import BEFORE, SHOWN, snippet


def shown(text: str, typed: str) -> str:
    parts = snippet(text, parse(typed).terms)
    return "".join(f"[{part.text}]" if part.marked else part.text for part in parts)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("Nach Zürich.", "zurich", "Nach [Zürich]."),
        ("ZÜRICH, Zürichs", "zürich ", "[ZÜRICH], Zürichs"),
        ("ZÜRICH, Zürichs", "zür", "[ZÜR]ICH, [Zür]ichs"),
        ("unzurich", "zurich", "unzurich"),
        ("# Offer\n\n- **one** `two`", "two", "Offer one [two]"),
        ("see [the page](https://x.org/y)", "page", "see the [page]"),
        ("今日は良い天気です", "天気", "今日は良い[天気]です"),
        ("one two, three", '"two three"', "one [two, three]"),
        ("nothing here", "else", "nothing here"),
        ("<b>bold</b>", "bold", "<b>[bold]</b>"),
        ("", "x", ""),
    ],
)
def test_words_are_marked_as_they_stand(text: str, typed: str, expected: str) -> None:
    assert shown(text, typed) == expected


def test_of_a_long_text_the_sentence_with_most_of_the_words_is_shown() -> None:
    before = "A rabbit. " + "Much of no matter. " * 40
    text = before + "Here the rabbit eats a carrot. " + "x " * 400
    found = shown(text, "rabbit carrot")
    assert found.startswith("… Here the [rabbit] eats a [carrot]. x")
    assert found.endswith(" …")
    assert len(found) <= SHOWN + 12


@given(text=st.text(max_size=400), typed=st.text(max_size=40))
def test_any_text_can_be_shown(text: str, typed: str) -> None:
    parts = snippet(text, parse(typed).terms)
    assert sum(len(part.text) for part in parts) <= SHOWN + BEFORE + 4
