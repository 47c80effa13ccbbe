"""Replaces what points to a person by placeholders, and says in words what was replaced."""

import re
from dataclasses import dataclass

from chat.demo import words
from chat.demo.answers import quoted

CAPITAL = "[A-ZÄÖÜÀ-Ý]"
WORD = rf"{CAPITAL}[\w'\u2019-]{{1,40}}"
WORDS = rf"{WORD}(?: {WORD}){{0,2}}"
NUMBER = r"\d{1,4}[a-z]?"
TOWN = rf"(?:,?\s+(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s+{WORD}(?:\s{WORD})?)?"

GERMAN_STREET = (
    rf"\b{CAPITAL}[\w-]{{1,40}}"
    r"(?:strasse|straße|str\.|gasse|weg|platz|allee|quai| Strasse| Straße| Weg| Platz| Allee)"
    rf" {NUMBER}\b{TOWN}"
)
LATIN_WAY = r"(?:[Rr]ue|[Aa]venue|[Cc]hemin|[Bb]oulevard|[Vv]ia|[Vv]iale|[Pp]iazza)"
LATIN_STREET = rf"{LATIN_WAY}(?: (?:de|du|des|la|le|della|del|di|dei))*(?: {WORD}){{1,3}}"
ENGLISH_STREET = rf"(?:{WORD} ){{1,3}}(?:Street|Road|Avenue|Lane|Drive|Square)"

TITLES = r"(?:Mr|Mrs|Ms|Dr|Prof|Herrn?|Frau|Monsieur|Madame|Mme|Signora?|Sig)"
INTRODUCTIONS = r"(?i:my name is|mein name ist|ich hei(?:ss|ß)e|je m['\u2019]appelle|mi chiamo)"
FIRST_NAMES = "|".join(words.read("first_names").split())

READ_CHARACTERS = 20_000
SHOWN_CHARACTERS = 800

# Looked for in this order: an address may hold a name. A group is the part to replace.
PATTERNS = (
    ("EMAIL", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")),
    ("ADDRESS", re.compile(GERMAN_STREET)),
    ("ADDRESS", re.compile(rf"\b{LATIN_STREET},? {NUMBER}\b{TOWN}")),
    ("ADDRESS", re.compile(rf"\b{NUMBER},? (?:{LATIN_STREET}|{ENGLISH_STREET}){TOWN}")),
    ("PHONE", re.compile(r"(?<![\w+])(?:\+\d|00\d|0\d)(?:[ ()/.-]{0,2}\d){7,13}(?!\d)")),
    ("NAME", re.compile(rf"\b{TITLES}\.? (?:Dr\.? )?({WORDS})")),
    ("NAME", re.compile(rf"\b{INTRODUCTIONS}\s+({WORDS})")),
    ("NAME", re.compile(rf"\b((?:{FIRST_NAMES})\b(?: {WORD}){{0,2}})")),
)


@dataclass(frozen=True)
class Report:
    """The text the model sees, and how many different things of each kind were replaced."""

    text: str
    counts: dict[str, int]


def anonymize(text: str) -> Report:
    text = text[:READ_CHARACTERS]
    pass_through = _Replacing()
    for kind, pattern in PATTERNS:
        text = pass_through.replace(kind, pattern, text)
    return Report(text, pass_through.counts)


class _Replacing:
    """Gives equal things equal placeholders, so that the text still makes sense."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._placeholders: dict[tuple[str, str], str] = {}

    def replace(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        def put_placeholder(match: re.Match[str]) -> str:
            value = match.group(match.lastindex or 0)
            return match.group().replace(value, self._placeholder(kind, value))

        return pattern.sub(put_placeholder, text)

    def _placeholder(self, kind: str, value: str) -> str:
        key = (kind, " ".join(value.split()).lower())
        if key not in self._placeholders:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self._placeholders[key] = f"[{kind}_{self.counts[kind]}]"
        return self._placeholders[key]


@dataclass(frozen=True)
class Wording:
    nothing: str
    something: str
    were: tuple[str, str]
    kinds: dict[str, tuple[str, str]]


WORDINGS = {
    "en": Wording(
        nothing="**Anonymised.** Nothing in your text looked like a name, an address or a number"
        " that points to a person, so the model saw it as you wrote it.",
        something="**Anonymised.** Before the model saw your text, {parts} {were} replaced."
        " The model saw:",
        were=("was", "were"),
        kinds={
            "NAME": ("name", "names"),
            "EMAIL": ("e-mail address", "e-mail addresses"),
            "PHONE": ("phone number", "phone numbers"),
            "IBAN": ("bank account", "bank accounts"),
            "ADDRESS": ("postal address", "postal addresses"),
        },
    ),
    "de": Wording(
        nothing="**Anonymisiert.** Nichts in Ihrem Text sah nach einem Namen, einer Adresse oder"
        " einer Nummer aus, die auf eine Person weist. Das Modell sah ihn so, wie er war.",
        something="**Anonymisiert.** Bevor das Modell Ihren Text sah, {were} ersetzt: {parts}."
        " Das Modell sah:",
        were=("wurde", "wurden"),
        kinds={
            "NAME": ("Name", "Namen"),
            "EMAIL": ("E-Mail-Adresse", "E-Mail-Adressen"),
            "PHONE": ("Telefonnummer", "Telefonnummern"),
            "IBAN": ("Bankkonto", "Bankkonten"),
            "ADDRESS": ("Postadresse", "Postadressen"),
        },
    ),
}


def describe(report: Report, language: str) -> str:
    """A closing paragraph for the person: what was replaced, and what the model saw."""
    wording = WORDINGS.get(language, WORDINGS["en"])
    if not report.counts:
        return f"\n\n---\n\n{wording.nothing}"
    counts = report.counts.items()
    parts = ", ".join(f"{count} {wording.kinds[kind][count != 1]}" for kind, count in counts)
    were = wording.were[sum(report.counts.values()) != 1]
    sentence = wording.something.format(parts=parts, were=were)
    return f"\n\n---\n\n{sentence}\n\n> {quoted(report.text, SHOWN_CHARACTERS)}"
