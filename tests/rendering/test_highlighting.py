"""Finished code gets colours, as long as that is cheap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rendering.highlighting import CLASSES, LANGUAGES, PATIENCE, Highlighter

from .harmless import assert_harmless


def test_only_what_has_a_colour_gets_an_element() -> None:
    assert Highlighter().highlighted('def f(x):\n    return "<"  # c\n', "Python") == (
        '<span class="k">def</span> <span class="nf">f</span>(x):\n'
        '    <span class="k">return</span> <span class="s">"&lt;"</span>  '
        '<span class="c"># c</span>\n'
    )


@pytest.mark.parametrize("language", ["", "brainfuck", "pytho", "../x"])
def test_an_unknown_language_stays_plain(language: str) -> None:
    assert Highlighter().highlighted("a < 1", language) == "a &lt; 1"


@pytest.mark.parametrize("language", sorted({*LANGUAGES, "kt", "patch", "jsonc"}))
def test_each_language_is_known_and_loses_no_character(language: str) -> None:
    code = "\n a = 'b' // 1 < 2;\n\n"
    shown = Highlighter().highlighted(code, language)
    assert_harmless([shown])
    for name in CLASSES:
        shown = shown.replace(f'<span class="{name}">', "")
    assert shown.replace("</span>", "") == code.replace("<", "&lt;")


@pytest.mark.parametrize("code", ["x" * 1000, "a\n" + "\n" * 60 + "b", "x = 1\n" * 10_000])
def test_code_of_a_dangerous_shape_stays_plain(code: str) -> None:
    assert Highlighter().highlighted(code, "python") == code


def test_a_language_that_crawls_is_given_up_for_the_reply() -> None:
    highlighter = Highlighter()
    crawling = "a\n" * 4000
    assert highlighter.highlighted(crawling, "c#") == crawling
    assert highlighter.highlighted("return", "python") == "return"
    assert PATIENCE <= 0.1


@given(st.text(max_size=300), st.sampled_from(sorted(LANGUAGES)))
def test_any_code_is_harmless_in_any_language(code: str, language: str) -> None:
    assert_harmless([Highlighter().highlighted(code, language)])
