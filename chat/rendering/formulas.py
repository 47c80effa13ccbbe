"""LaTeX formulas become MathML; the only place that imports latex2mathml."""

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter

from .characters import reveal
from .limits import FORMULA, FORMULA_HTML

# Macros can grow without end; the others put addresses and styles into the page.
_REFUSED = ("\\newcommand", "\\renewcommand", "\\def", "\\let", "\\href", "\\style", "\\class")

_TEX = r"((?:[^\\$]|\\\\|\\(?![()\[\]]))+)"
_BRACKETED = re.compile(
    rf"(?:```|~~~).*?(?:```|~~~|\Z)|`[^`\n]*`|(?<!\\)\\(?:\({_TEX}\\\)|\[{_TEX}\\\])", re.DOTALL
)


def with_dollars(markdown: str) -> str:
    r"""Some models write \(x\) and \[x\], which markdown would take for escaped brackets."""
    if "\\(" not in markdown and "\\[" not in markdown:
        return markdown
    return _BRACKETED.sub(_dollars, markdown)


def _dollars(match: re.Match[str]) -> str:
    inline, display = match.groups()
    if inline and inline.strip():
        return f"${inline.strip()}$"
    return f"$${display}$$" if display else match[0]


def formula(latex: str, *, display: bool) -> str:
    """MathML, or the source as text when it cannot be converted."""
    return _converted(latex, display) or formula_source(latex, display=display)


def formula_source(latex: str, *, display: bool) -> str:
    fence = "$$" if display else "$"
    return f'<code class="formula">{escape(reveal(fence + latex + fence), quote=False)}</code>'


@lru_cache(maxsize=1024)
def _converted(latex: str, display: bool) -> str | None:
    if len(latex) > FORMULA or any(command in latex for command in _REFUSED):
        return None
    try:
        tree = Converter(display="block" if display else "inline").convert_to_element(latex)
        return _written(tree)
    except Exception:  # noqa: BLE001 - it raises IndexError, KeyError and more on half-written input
        return None


def _written(tree: Element) -> str | None:
    """The library escapes with entities and leaves `<` alone; here it is the other way round."""
    for element in tree.iter():
        if element.text:
            element.text = unescape(element.text)
    mathml = tostring(tree, encoding="unicode")
    return mathml if len(mathml) <= FORMULA_HTML else None
