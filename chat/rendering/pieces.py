"""The fixed HTML around code, notes and plain text."""

import re
from html import escape

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .characters import reveal
from .links import linkify

_ALERTS = {
    "Note": _("Note"),
    "Tip": _("Tip"),
    "Important": _("Important"),
    "Warning": _("Warning"),
    "Caution": _("Caution"),
}
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")


def code_language(info: str) -> str:
    """The first word behind the fence, if it looks like the name of a language."""
    word = info.split(maxsplit=1)[0] if info.strip() else ""
    return word if _LANGUAGE.fullmatch(word) else ""


def code_block(inner: str, language: str) -> str:
    # Outside the f-string: the collector of sentences does not look into it.
    name, label, copy = gettext("Code"), gettext("Copy code"), gettext("Copy")
    return (
        '<div class="code-block"><div class="code-head">'
        f'<span class="code-language">{language or escape(name)}</span>'
        f'<button type="button" class="copy-code" aria-label="{escape(label)}">'
        f"{escape(copy)}</button></div>{_pre(inner, language)}</div>"
    )


def code_rest(inner: str, language: str) -> str:
    """Goes on where the code block before it was cut."""
    return f'<div class="code-block code-continued">{_pre(inner, language)}</div>' if inner else ""


def alert(kind: str) -> str:
    title = escape(str(_ALERTS[kind]))
    return f'<blockquote class="alert alert-{kind.lower()}"><p class="alert-title">{title}</p>'


def footnote_mark(label: str) -> str:
    return f'<sup class="footnote-mark">{escape(reveal(label))}</sup>'


def table_start() -> str:
    label = escape(gettext("Table"))
    return f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}"><table>'


def plain(text: str) -> str:
    """Line breaks are kept by the style sheet."""
    text = text.strip("\n")
    return f'<p class="plain">{escape(reveal(text), quote=False)}</p>' if text.strip() else ""


def typed(text: str) -> str:
    return f'<p class="as-typed">{linkify(text)}</p>'


def _pre(inner: str, language: str) -> str:
    attribute = f' data-language="{language}"' if language else ""
    return f'<pre tabindex="0"{attribute}><code>{inner}</code></pre>'
