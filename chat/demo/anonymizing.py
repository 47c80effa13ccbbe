"""Replaces what points to a person by placeholders, and says in words what was replaced."""

import re
from dataclasses import dataclass

from chat.demo.answers import quoted
from chat.demo.names import FIRST_NAMES

STREETS = r"(?:strasse|straße|str\.|gasse|weg|platz|allee|ring|quai)"
CAPITAL = r"[A-ZÄÖÜÀ-Ý]"
WORD = rf"{CAPITAL}[\w'’-]+"
TOWN = rf"(?:,?\s+(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s+{WORD}(?:\s{WORD})?)?"
TITLES = r"(?:Mr|Mrs|Ms|Dr|Prof|Herrn?|Frau|Monsieur|Madame|M|Mme|Signora?|Sig)"
INTRODUCTIONS = r"(?:my name is|mein Name ist|ich hei(?:ss|ß)e|je m['’]appelle|mi chiamo)"

# Kind → pattern, in the order in which they are looked for; a group, where there is one, is the part replaced.
PATTERNS = (
    ("EMAIL", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")),
    (
        "ADDRESS",
        re.compile(
            rf"\b(?:{CAPITAL}[\w-]{{1,40}}{STREETS}|{CAPITAL}[\w-]{{1,40}} (?:Strasse|Straße|Weg|Platz|Allee))"
            rf" \d{{1,4}}[a-z]?\b{TOWN}"
        ),
    ),
    (
        "ADDRESS",
        re.compile(
            r"\b(?:[Rr]ue|[Aa]venue|[Cc]hemin|[Vv]ia|[Vv]iale|[Pp]iazza|[Bb]oulevard)"
            rf"(?: (?:de|du|des|la|le|della|del|di|dei))*(?: {WORD}){{1,3}},? \d{{1,4}}[a-z]?\b{TOWN}"
        ),
    ),
    (
        "ADDRESS",
        re.compile(
            rf"\b\d{{1,4}}[a-z]?,? (?:(?:[Rr]ue|[Aa]venue|[Cc]hemin)(?: (?:de|du|des|la|le))*(?: {WORD}){{1,3}}"
            rf"|(?:{WORD} ){{1,3}}(?:Street|Road|Avenue|Lane|Drive|Square)){TOWN}"
        ),
    ),
    ("PHONE", re.compile(r"(?<![\w+])(?:\+\d|00\d|0\d)(?:[ ()/.-]{0,2}\d){7,13}(?!\d)")),
    ("NAME", re.compile(rf"\b{TITLES}\.? (?:Dr\.? )?({WORD}(?: {WORD}){{0,2}})")),
    ("NAME", re.compile(rf"(?i:{INTRODUCTIONS})\s+({WORD}(?: {WORD}){{0,2}})")),
    ("NAME", re.compile(rf"\b((?:{'|'.join(FIRST_NAMES)})\b(?: {WORD}){{0,2}})")),
)
WORDS = {
    "en": {
        "NAME": ("name", "names"),
        "EMAIL": ("e-mail address", "e-mail addresses"),
        "PHONE": ("phone number", "phone numbers"),
        "IBAN": ("bank account", "bank accounts"),
        "ADDRESS": ("postal address", "postal addresses"),
    },
    "de": {
        "NAME": ("Name", "Namen"),
        "EMAIL": ("E-Mail-Adresse", "E-Mail-Adressen"),
        "PHONE": ("Telefonnummer", "Telefonnummern"),
        "IBAN": ("Bankkonto", "Bankkonten"),
        "ADDRESS": ("Postadresse", "Postadressen"),
    },
}
SENTENCES = {
    "en": (
        "**Anonymised.** Nothing in your text looked like a name, an address or a number "
        "that points to a person, so the model saw it as you wrote it.",
        "**Anonymised.** Before your text reached the model, {what} replaced. The model saw:",
        ("was", "were"),
    ),
    "de": (
        "**Anonymisiert.** Nichts in Ihrem Text sah nach einem Namen, einer Adresse oder einer Nummer "
        "aus, die auf eine Person weist. Das Modell sah ihn so, wie Sie ihn geschrieben haben.",
        "**Anonymisiert.** Bevor Ihr Text beim Modell ankam, {what} ersetzt. Das Modell sah:",
        ("wurde", "wurden"),
    ),
}
LANGUAGE_WITH_WORDS = "en"


@dataclass(frozen=True)
class Report:
    """The text the model sees, and how often each kind of thing was replaced."""

    text: str
    counts: dict[str, int]


def anonymize(text: str) -> Report:
    """Equal things get equal placeholders, so that the text still makes sense."""
    placeholders: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = {}

    def placeholder(kind: str, value: str) -> str:
        key = (kind, " ".join(value.split()).lower())
        if key not in placeholders:
            counts[kind] = counts.get(kind, 0) + 1
            placeholders[key] = f"[{kind}_{counts[kind]}]"
        return placeholders[key]

    def replace_in(match: re.Match[str], kind: str) -> str:
        value = match.group(match.lastindex or 0)
        return match.group().replace(value, placeholder(kind, value))

    for kind, pattern in PATTERNS:
        text = pattern.sub(lambda match, kind=kind: replace_in(match, kind), text)
    return Report(text, counts)


def describe(report: Report, language: str) -> str:
    """A closing paragraph for the person: what was replaced, and what the model saw."""
    language = language if language in SENTENCES else LANGUAGE_WITH_WORDS
    nothing, something, verbs = SENTENCES[language]
    if not report.counts:
        return f"\n\n---\n\n{nothing}"
    parts = [
        f"{count} {WORDS[language][kind][count != 1]}" for kind, count in report.counts.items()
    ]
    verb = verbs[sum(report.counts.values()) != 1]
    joined = ", ".join(parts)
    what = f"{verb} {joined}" if language == "de" else f"{joined} {verb}"
    return f"\n\n---\n\n{something.format(what=what)}\n\n> {quoted(report.text)}"
