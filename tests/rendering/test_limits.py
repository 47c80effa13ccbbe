"""Neither size nor malice makes a reply slow, large or heavy for the browser."""

from time import thread_time

import pytest

from chat.rendering import LiveDocument, render
from chat.rendering.limits import BLOCK_HTML, REPLY_BLOCKS, REPLY_NODES

SIZE = 50_000


def fill(piece: str) -> str:
    return (piece * (SIZE // len(piece) + 1))[:SIZE]


HOSTILE = {
    "emphasis": fill("*a **a "),
    "stars": fill("*a"),
    "underscores": fill("_a_"),
    "brackets": fill("["),
    "links open": fill("[a]("),
    "links nested": "[" * 25_000 + "]" * 25_000,
    "images": fill("!["),
    "addresses": fill("http://a.b "),
    "brackets behind": "http://a.b/" + fill(")"),
    "reference bomb": f"[a]: http://x/{'y' * 2000}\n\n{fill('[a]')}",
    "backticks": "".join("`" * n + "a" for n in range(1, 310)),
    "code": fill("`a "),
    "fences": fill("```\n"),
    "fences closed": fill("```\n\n```\n\n"),
    "tildes": fill("~~a "),
    "wide table": "a|" * 8000 + "\n" + "-|" * 8000 + "\n" + "a|" * 8000,
    "ragged table": "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + fill("|\n"),
    "long table": "|a|b|\n|-|-|\n" + fill("|1|2|\n"),
    "quotes": fill(">"),
    "quotes spaced": fill("> "),
    "nested lists": "\n".join("  " * n + "- a" for n in range(220)),
    "list": fill("- a\n"),
    "empty list": fill("-\n"),
    "loose list": fill("- a\n\n"),
    "lists": fill("- a\n+ b\n"),
    "one item": "- " + fill("a\n  b\n\n  "),
    "headings": fill("# a\n"),
    "rules": fill("---\n"),
    "paragraphs": fill("a\n\n"),
    "newlines": "\n" * SIZE,
    "one line": "a" * SIZE,
    "breaks": fill("a  \n"),
    "tags open": fill("<a "),
    "tags": fill("<b>"),
    "comments": fill("<!-- "),
    "declarations": fill("<!A "),
    "entities": fill("&amp;"),
    "dollars": fill("$"),
    "formulas": "".join(f"$x^{{{n}}}+1$ " for n in range(4000))[:SIZE],
    "roots": fill("$\\sqrt{" * 99),
    "tex brackets": fill("\\( \\"),
    "footnotes": fill("[^a]: b\n"),
    "notes open": fill("[^"),
    "definitions": "".join(f"[a{n}]: http://x.y\n\n[a{n}]\n\n" for n in range(1300))[:SIZE],
    "bidi": fill("\u202e"),
    "zero width": fill("\u200b"),
    "combining": "a" + "\u0301" * SIZE,
    "unicode hosts": fill("http://\u00fc.ch/ "),
    "images closed": fill("![a](http://b.c)"),
}


def nodes(blocks: list[str]) -> int:
    return sum(block.count("<") - block.count("</") for block in blocks)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_bounded(name: str) -> None:
    start = thread_time()
    blocks = render(HOSTILE[name])
    # 200 ms is the aim; three times that leaves room for a slow machine.
    assert thread_time() - start < 0.6
    assert nodes(blocks) <= REPLY_NODES + 20
    assert len(blocks) <= REPLY_BLOCKS + 20
    assert max((len(block.encode()) for block in blocks), default=0) <= BLOCK_HTML


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_bounded_while_it_arrives(name: str) -> None:
    live, slowest = LiveDocument(), 0.0
    for place in range(0, SIZE, 500):
        start = thread_time()
        live.append(HOSTILE[name][place : place + 500])
        slowest = max(slowest, thread_time() - start)
    assert slowest < 0.2


def sent(text: str, step: int) -> int:
    """Characters that a browser is sent of a reply that arrives in steps."""
    live, total = LiveDocument(), 0
    for place in range(0, len(text), step):
        kept = live.append(text[place : place + step])
        total += sum(map(len, live.blocks[kept:]))
    return total


@pytest.mark.parametrize(
    "piece", ["word ", "- an item\n", "| a | b |\n", "code = 1\n", "> quote\n"]
)
def test_a_long_block_costs_in_proportion(piece: str) -> None:
    begin = {"| a": "| a | b |\n|---|---|\n", "code": "```py\n"}.get(piece[:4].rstrip(), "")
    begin = "| a | b |\n|---|---|\n" if piece.startswith("|") else begin
    short = sent(begin + piece * (20_000 // len(piece)), 200)
    long = sent(begin + piece * (80_000 // len(piece)), 200)
    assert long < 5.5 * short


def test_a_long_list_goes_on_counting() -> None:
    blocks = render("".join(f"{number}. item\n" for number in range(1, 1001)))
    assert len(blocks) > 2
    assert sum(block.count("<li>") for block in blocks) == 1000
    first = blocks[0].count("<li>")
    assert blocks[1].startswith(f'<ol start="{first + 1}"><li>item</li>')


def test_a_long_table_repeats_its_head() -> None:
    blocks = render("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 1000)
    assert len(blocks) > 2
    assert sum(block.count("<td>1</td>") for block in blocks) == 1000
    assert all("<thead><tr>" in block for block in blocks)


def test_a_long_code_block_goes_on_without_a_second_head() -> None:
    first, *rest = render("```py\n" + "x = 1\n" * 4000 + "```\n\nend")
    assert first.startswith('<div class="code-block"><div class="code-head">')
    assert all(
        block.startswith('<div class="code-block code-continued"><pre') for block in rest[:-1]
    )
    assert rest[-1] == "<p>end</p>"
    code = "".join(block.replace('<span class="m">1</span>', "1") for block in [first, *rest])
    assert code.count("x = 1\n") == 4000


def test_a_reply_of_too_many_elements_ends_in_plain_text() -> None:
    blocks = render("*a* " * 100 + "\n\n" + "a\n\n" * 3000 + "**last**\n")
    assert blocks[0].startswith("<p><em>a</em> ")
    assert blocks[-1].startswith('<p class="plain">a\n\na')
    assert blocks[-1].endswith("**last**</p>")
