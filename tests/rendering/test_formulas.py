"""Formulas become MathML, money stays money, and mistakes stay readable."""

import pytest

from chat.rendering import render
from chat.rendering.limits import FORMULA, FORMULAS

SQUARE = "<mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>"
INLINE = f'<math display="inline">{SQUARE}'
INJECTED = '<math display="inline"><mrow><mtext>&lt;img&nbsp;onerror&gt;</mtext></mrow></math>'
DISPLAY = f'<math display="block">{SQUARE}'


@pytest.mark.parametrize(
    ("markdown", "block"),
    [
        ("$x^2$", f"<p>{INLINE}</p>"),
        ("$$\nx^2\n$$", f"<p>{DISPLAY}</p>"),
        (r"so \(x^2\) and \[ x^2 \]", f"<p>so {INLINE} and {DISPLAY}</p>"),
        (r"`\(x\)`", r"<p><code>\(x\)</code></p>"),
        (r"half \(x", "<p>half (x</p>"),
        ("half $x^2", "<p>half $x^2</p>"),
        (r"$\sqrt[$", r'<p><code class="formula">$\sqrt[$</code></p>'),
        (r"$\href{x}{y}$", r'<p><code class="formula">$\href{x}{y}$</code></p>'),
        (r"$\text{<img onerror>}$", f"<p>{INJECTED}</p>"),
        ("$5 and $6", "<p>$5 and $6</p>"),
        ("$7-$8", "<p>$7-$8</p>"),
        ("$9 or 4 francs$", "<p>$9 or 4 francs$</p>"),
    ],
)
def test_a_formula_or_not(markdown: str, block: str) -> None:
    assert render(markdown) == [block]


def test_a_formula_in_a_code_block_stays_code() -> None:
    (block,) = render("```\n\\(x\\) $y$\n```\n")
    assert "<code>\\(x\\) $y$\n</code>" in block


def test_an_overlong_formula_stays_text() -> None:
    (block,) = render("$" + "x" * (FORMULA + 1) + "$")
    assert block.startswith('<p><code class="formula">$xxx')


def test_a_block_full_of_formulas_stops_converting() -> None:
    (block,) = render(" ".join(f"$x_{{{number}}}$" for number in range(700)))
    converted, left = block.count("<math"), block.count('<code class="formula">')
    assert converted + left == 700
    assert 0 < converted <= FORMULAS // 5
