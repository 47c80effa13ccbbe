"""What cannot be seen is shown or taken out."""

import pytest

from chat.rendering import render, render_text

ESCAPE, OVERRIDE, TAG, GAP = "\x1b", "\u202e", "\U000e0041", "\u200b"


@pytest.mark.parametrize("show", [lambda text: render(text)[0], render_text])
def test_controls_and_overrides_are_marked_and_tags_taken_out(show: object) -> None:
    assert callable(show)
    assert f"␛[31m �red {GAP}x<" in show(f"{ESCAPE}[31m {OVERRIDE}red{TAG * 3} {GAP}x")


@pytest.mark.parametrize(
    ("markdown", "block"),
    [
        (f"`a{GAP}b{OVERRIDE}`", "<p><code>a[U+200B]b�</code></p>"),
        ("&#x202e;a &#x1b;", "<p>�a ␛</p>"),
        ("`\U0001f468\u200d\U0001f469`", "<p><code>\U0001f468\u200d\U0001f469</code></p>"),
        ("\u06cc\u200c\u06a9", "<p>\u06cc\u200c\u06a9</p>"),
        (f"[a{GAP}](javascript:x)", "<p>a[U+200B]</p>"),
        ("a\x00b\ud800c\x85", "<p>a␀b�c�</p>"),
    ],
)
def test_code_and_links_hide_nothing(markdown: str, block: str) -> None:
    assert render(markdown) == [block]


def test_a_code_block_shows_what_a_copy_would_hide() -> None:
    (block,) = render(f"```sh\nrm{GAP} -rf\n```\n")
    assert "rm[U+200B] -rf" in block
