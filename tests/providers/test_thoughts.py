"""Thoughts at the beginning of an answer are no part of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.providers.thoughts import ThoughtSplitter

SAMPLES = {
    "<think>Hm.</think>\n\nYes.": ("Hm.", "Yes."),
    "\n<thinking>Hm </think> hm</thinking>Yes": ("Hm </think> hm", "Yes"),
    "<thought></thought>Yes <think>no</think>": ("", "Yes <think>no</think>"),
    "<think>cut of</thin": ("cut of</thin", ""),
    "<think>only thought</think>\n": ("only thought", ""),
    "Yes <think>no</think>": ("", "Yes <think>no</think>"),
    "<thinner> than": ("", "<thinner> than"),
    "<thi": ("", "<thi"),
    "  \n": ("", "  \n"),
    " " * 100 + "<think>x": ("", " " * 100 + "<think>x"),
    "": ("", ""),
}


def split(pieces: list[str]) -> tuple[str, str]:
    splitter = ThoughtSplitter()
    found = [*map(splitter.feed, pieces), splitter.close()]
    return "".join(thought for thought, _ in found), "".join(answer for _, answer in found)


@pytest.mark.parametrize("text", SAMPLES)
def test_thoughts_are_kept_apart_however_the_text_is_cut(text: str) -> None:
    assert split([text]) == SAMPLES[text]
    assert split(list(text)) == SAMPLES[text]


@given(st.lists(st.sampled_from(["<think>", "</think>", "<thi", "nk>", "</", "a", "\n", " "])))
def test_no_sign_is_lost_but_the_tags_and_the_blanks_around_them(pieces: list[str]) -> None:
    text = "".join(pieces)
    thought, answer = split(pieces)
    assert (thought, answer) == split(list(text))
    bare = text.lstrip()
    if bare.startswith("<think>"):
        before, end, after = bare.removeprefix("<think>").partition("</think>")
        assert (thought, answer) == (before, after.lstrip() if end else "")
    else:
        assert (thought, answer) == ("", text)
