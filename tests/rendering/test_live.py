"""A reply being written looks, at its end, exactly like the same reply read later."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.rendering import LiveDocument, cuts, document, render, splitting

PIECES = [
    "a", "b ", "word word ", "é", "😀", "3", "\n", "\n\n", "\r\n", "\t", "  ", "    ",
    "- ", "   - ", "+ ", "1. ", "2) ", "> ", "# ", "---\n", "===\n", "```", "```py\n", "~~~",
    "|", "|a|b|\n", "|-|-|\n", "*", "**", "_", "`", "$", "$$", "\\", "&amp;", "<b>", "<div>\n",
    "<!--", "-->", "[", "]", "(", ")", "[a]", "[^1]", "![x](http://z.y)", "http://q.r/s",
]  # fmt: skip
LATE = ["[a]: http://x.y\n", "\n\n[a]: http://x.y\n", "[^1]: note\n", "\n\n[^1]: note\n"]

texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
texts_with_late = st.lists(st.sampled_from(PIECES + LATE), max_size=40).map("".join)
sizes = st.lists(st.integers(1, 9), min_size=1, max_size=20)


def pieces_of(text: str, sizes: list[int]) -> list[str]:
    cut, place = [], 0
    while place < len(text):
        size = sizes[len(cut) % len(sizes)]
        cut.append(text[place : place + size])
        place += size
    return cut


def stream(pieces: list[str]) -> LiveDocument:
    """Checks every frame: what is kept was there and stays."""
    live = LiveDocument()
    for piece in pieces:
        before = list(live.blocks)
        kept = live.append(piece)
        assert live.blocks[:kept] == before[:kept]
        assert kept <= len(before)
    return live


@settings(max_examples=400)
@given(texts_with_late, sizes)
def test_after_any_cutting_the_end_equals_the_whole(text: str, sizes: list[int]) -> None:
    live = stream(pieces_of(text, sizes))
    before = list(live.blocks)
    kept = live.settle()
    assert live.blocks == render(text)
    assert live.blocks[:kept] == before[:kept]


@settings(max_examples=400)
@given(texts, sizes)
def test_finished_blocks_never_change(text: str, sizes: list[int]) -> None:
    live = LiveDocument()
    finished: list[str] = []
    for piece in pieces_of(text, sizes):
        kept = live.append(piece)
        assert kept >= len(finished)
        finished = list(live._page.blocks)
    live.settle()
    assert live.blocks[: len(finished)] == finished


@settings(max_examples=300)
@given(texts_with_late, sizes)
def test_overlong_blocks_are_cut_the_same_in_the_end(text: str, sizes: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "PART", 40)
        patch.setattr(cuts, "ROWS", 20)
        patch.setattr(cuts, "CONTAINER", 80)
        patch.setattr(splitting, "PART", 40)
        patch.setattr(splitting, "WINDOW", 160)
        patch.setattr(document, "PART", 40)
        live = stream(pieces_of(text, sizes))
        live.settle()
        assert live.blocks == render(text)


def test_a_lone_number_after_a_list_waits_for_its_line() -> None:
    live = LiveDocument()
    assert live.append("- a\n- b\n3") == 0
    assert live.append(". c\n") == 0
    live.settle()
    assert live.blocks == ["<ul><li>a</li><li>b</li></ul>", '<ol start="3"><li>c</li></ol>']


def test_a_closed_fence_is_finished_at_once() -> None:
    live = LiveDocument()
    live.append("```py\nx = 1\n")
    assert "<code>x = 1\n</code>" in live.blocks[0]
    assert live.append("```\n") == 0
    assert '<code>x = <span class="m">1</span>\n</code>' in live.blocks[0]
    assert live.append("\nand") == 1


def test_an_open_formula_is_text_until_it_closes() -> None:
    live = LiveDocument()
    live.append("so $x^2")
    assert live.blocks == ["<p>so $x^2</p>"]
    live.append("$")
    assert live.blocks == [
        '<p>so <math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math></p>'
    ]


def test_a_late_address_reaches_the_link_at_the_end() -> None:
    live = LiveDocument()
    live.append("First.\n\nSee [here][1].\n\nMore.\n\n")
    live.append("[1]: https://a.example\n\nLast [here][1].")
    anchor = (
        '<a href="https://a.example" target="_blank" rel="noopener noreferrer nofollow">here</a>'
    )
    link = f'{anchor}<span class="link-host"> (a.example)</span>'
    begun = ["<p>First.</p>", "<p>See [here][1].</p>", "<p>More.</p>", f"<p>Last {link}.</p>"]
    assert live.blocks == begun
    assert live.settle() == 1
    assert live.blocks == [begun[0], f"<p>See {link}.</p>", *begun[2:]]


def test_a_late_footnote_reaches_its_mark_at_the_end() -> None:
    live = LiveDocument()
    live.append("True[^1], or so[^2].\n\nMore.\n\n[^1]: Says Alice.\n")
    assert live.blocks[0] == "<p>True[^1], or so[^2].</p>"
    assert live.settle() == 0
    assert live.blocks == [
        '<p>True<sup class="footnote-mark">1</sup>, or so[^2].</p>',
        "<p>More.</p>",
        '<div class="footnote" role="note"><sup class="footnote-mark">1</sup>'
        "<p>Says Alice.</p></div>",
    ]


def test_the_first_definition_counts_while_writing_and_at_the_end() -> None:
    live = LiveDocument()
    live.append("[1]: https://a.example\n\nText.\n\n[1]: https://b.example\n\n[a.example/][1]")
    begun = list(live.blocks)
    assert 'href="https://a.example"' in begun[-1]
    live.settle()
    assert live.blocks == begun


def test_an_empty_delta_changes_nothing() -> None:
    live = LiveDocument()
    assert live.append("") == 0
    live.append("a\n\nb")
    assert live.append("") == 2
    assert live.settle() == 2


def test_a_line_end_of_two_characters_may_arrive_in_two_pieces() -> None:
    live = stream(["a\r", "\nb\r", "c\r", "", "\n\r\n", "d"])
    live.settle()
    assert live.blocks == ["<p>a\nb\nc</p>", "<p>d</p>"]
