"""From what a person typed to words and filters; nothing that can be typed is an error."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 500
MOST_TERMS = 12

# Names in every language of the pages; what stands first is the name used elsewhere here.
NAMES = {
    "in": ("in", "dans"),
    "from": ("from", "von", "de", "da"),
    "model": ("model", "modell", "modèle", "modele", "modello"),
    "folder": ("folder", "ordner", "dossier", "cartella"),
    "shared": ("shared", "geteilt", "partagé", "partage", "condiviso"),
    "before": ("before", "vor", "avant", "prima"),
    "after": ("after", "nach", "après", "apres", "dopo"),
    "has": ("has", "hat", "enthält", "contient", "ha", "contiene"),
}
_FILTER_OF = {spelled: name for name, spellings in NAMES.items() for spelled in spellings}

# A filter with a quoted or plain value, a quoted phrase, or a word. Each can be read in one way
# only, so hostile text costs no more than its length.
_PART = re.compile(r'(?P<name>[^\W\d_]+):(?P<value>"[^"]*"?|[^\s"]+)|"(?P<phrase>[^"]*)"?|[^\s"]+')

# Scripts without spaces between words, as the index takes them apart.
SIGN = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
# As phones and other languages write them.
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»"), '"')
_SIGN = re.compile(f"({SIGN})")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that follow each other; `prefix`: the last may be only begun."""

    text: str
    prefix: bool = False

    @property
    def apart(self) -> str:
        """With spaces around each sign of a script that has none between words."""
        return _SIGN.sub(r" \1 ", self.text)

    @property
    def words(self) -> list[str]:
        return _WORD.findall(self.apart)


@dataclass(frozen=True, slots=True)
class Query:
    """`filters` in the order in which they were typed, by their English names.

    `strange`: what looks like a filter and is none, so it counts as words.
    """

    terms: tuple[Term, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    strange: tuple[str, ...] = ()
    shortened: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.terms and not self.filters

    def values(self, name: str) -> list[str]:
        return [value for filter_name, value in self.filters if filter_name == name]


def parse(typed: str) -> Query:
    """Never raises. The last word is a beginning, unless a space or a quotation mark ends it."""
    text = _clean(typed)
    filters: list[tuple[str, str]] = []
    strange: list[str] = []
    terms: list[Term] = []
    for part in _PART.finditer(text):
        name = _FILTER_OF.get((part["name"] or "").casefold())
        value = (part["value"] or "").strip('"').strip()
        if name:
            if value:
                filters.append((name, value))
            continue
        if part["name"] and not value.startswith("//"):
            strange.append(part["name"])
        last = part.end() == len(text) and part["phrase"] is None
        terms.extend(_terms(part["phrase"] if part["phrase"] is not None else part[0], last=last))
    return Query(
        tuple(terms[:MOST_TERMS]),
        tuple(dict.fromkeys(filters))[:MOST_TERMS],
        tuple(dict.fromkeys(strange)),
        shortened=len(terms) > MOST_TERMS or len(typed) > MOST_CHARACTERS,
    )


def _clean(typed: str) -> str:
    """Without what databases refuse: null bytes, halves of characters."""
    cut = typed[: MOST_CHARACTERS + 1]
    if len(cut) > MOST_CHARACTERS:
        # The last word may be cut in two; it would be a beginning anyway.
        cut = cut[:MOST_CHARACTERS]
    whole = cut.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return unicodedata.normalize("NFC", whole).translate(_QUOTES).lstrip()


def _terms(text: str, *, last: bool) -> Iterator[Term]:
    """None for what has no letter and no digit, which no index keeps."""
    words = _WORD.findall(text)
    if words:
        # One letter begins too many words to be of use; a sign is a whole word.
        begun = last and len(words[-1]) > 1 and not _SIGN.search(words[-1][-1])
        yield Term(text.replace('"', " "), prefix=begun)
