"""Each language says everything, with the same placeholders, and is shown."""

import gettext
import os
import re
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from chat.models import LanguageModel, User

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "fr", "it")
TOOLS = ("xgettext", "msgmerge", "msgfmt")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%|</?\w+[^>]*>")
QUOTED = re.compile(r'^(?:msg\w+(?:\[\d\])? )?"(.*)"$')
ESCAPES = {"n": "\n", "t": "\t"}
# What each language calls the sign-in, home, usage and preferences pages.
PAGES = {
    "de": ("Anmelden", "Nachricht schreiben", "Ihr Verbrauch", "Einstellungen"),
    "fr": ("Se connecter", "Écrire un message", "Votre consommation", "Préférences"),
    "it": ("Accedi", "Scrivi un messaggio", "Il Suo consumo", "Preferenze"),
}

# What the demonstration's answers tell people to press.
PRESSED = {
    "find": ("Rename", "Delete", "New conversation"),
    "provider": ("Test this provider", "Load models"),
    "regenerate": ("Regenerate", "Try again", "Continue"),
    "stop": ("Stop",),
    "usage": ("Usage", "Stop"),
}


@dataclass(frozen=True)
class Entry:
    """One sentence of a catalogue: its forms in English, and those in the language."""

    context: str
    english: tuple[str, ...]
    forms: tuple[str, ...]
    is_fuzzy: bool


def catalogue(language: str, root: Path = ROOT) -> Path:
    return root / "chat/locale" / language / "LC_MESSAGES/django.po"


def read(path: Path) -> list[Entry]:
    """All entries but the header; lines of comments and obsolete entries are passed over."""
    blocks = path.read_text().strip().split("\n\n")[1:]
    return [entry for entry in map(read_entry, blocks) if entry.english]


def read_entry(block: str) -> Entry:
    parts: dict[str, str] = {}
    name = ""
    for line in block.split("\n"):
        if line.startswith("msg"):
            name = line.split(" ")[0]
        if found := QUOTED.match(line):
            parts[name] = parts.get(name, "") + unescape(found[1])
    return Entry(
        context=parts.get("msgctxt", ""),
        english=tuple(parts[name] for name in ("msgid", "msgid_plural") if name in parts),
        forms=tuple(text for name, text in parts.items() if name.startswith("msgstr")),
        is_fuzzy=bool(re.search(r"^#, .*fuzzy", block, re.MULTILINE)),
    )


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text)


def names(entries: list[Entry]) -> set[tuple[str, ...]]:
    return {(entry.context, *entry.english) for entry in entries}


def forms(language: str) -> list[str]:
    return [form for entry in read(catalogue(language)) for form in entry.forms]


def looked_up(spoken: gettext.GNUTranslations, entry: Entry) -> tuple[str, ...]:
    """What the compiled catalogue says: for one, and for more where there is a plural."""
    if len(entry.english) == 2:
        return tuple(spoken.ngettext(*entry.english, count) for count in (1, 2))
    if entry.context:
        return (spoken.pgettext(entry.context, entry.english[0]),)
    return (spoken.gettext(entry.english[0]),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    entries = read(catalogue(language))
    assert [entry for entry in entries if entry.is_fuzzy or not all(entry.forms)] == []
    assert [entry for entry in entries if len(entry.forms) != len(entry.english)] == []
    assert len(entries) > 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_the_space_around_stay_as_they_are(language: str) -> None:
    def kept(text: str) -> tuple[list[str], bool]:
        return sorted(PLACEHOLDER.findall(text)), text.endswith(" ")

    pairs = [
        pair
        for entry in read(catalogue(language))
        for pair in zip(entry.english, entry.forms, strict=True)
    ]
    assert [pair for pair in pairs if kept(pair[0]) != kept(pair[1])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_the_same(language: str) -> None:
    compiled = catalogue(language).with_suffix(".mo")
    entries = read(catalogue(language))
    with compiled.open("rb") as file:
        spoken = gettext.GNUTranslations(file)
    assert [entry for entry in entries if looked_up(spoken, entry) != entry.forms] == []
    # The number of its strings, of which the header is one, stands at the eighth byte.
    assert struct.unpack_from("<I", compiled.read_bytes(), 8) == (len(entries) + 1,)


def test_no_sentence_is_missing_from_the_catalogues_and_none_is_too_many(tmp_path: Path) -> None:
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    assert missing == [], "On Debian: apt-get install gettext"
    for name in ("chat", "chatsite", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    locales = [word for language in LANGUAGES for word in ("--locale", language)]
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--no-location", "--no-obsolete", *locales],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "CHATSITE_DATA_DIR": str(tmp_path / "var"),
            "DJANGO_SETTINGS_MODULE": "chatsite.settings",
        },
        timeout=60,
    )
    for language in LANGUAGES:
        collected = names(read(catalogue(language, tmp_path)))
        assert names(read(catalogue(language))) ^ collected == set(), "Run make messages."


def test_german_is_written_as_in_switzerland() -> None:
    assert [form for form in forms("de") if re.search("[ß„“”]", form)] == []


def test_french_keeps_its_punctuation_together() -> None:
    assert [form for form in forms("fr") if re.search(r" [;:!?»]|« |\w[;!?]|'", form)] == []


def test_italian_has_real_apostrophes_and_quotation_marks() -> None:
    assert [form for form in forms("it") if re.search("['“”]", form)] == []


@pytest.mark.parametrize("answer", PRESSED)
@pytest.mark.parametrize("language", ["en", "de"])
def test_answers_of_the_demonstration_name_buttons_as_the_pages_do(
    language: str, answer: str
) -> None:
    text = (ROOT / f"chat/demo/answers/{answer}.{language}.md").read_text()
    with translation.override(language):
        buttons = [translation.gettext(button) for button in PRESSED[answer]]
    assert [button for button in buttons if f"*{button}*" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_shown_in_the_language(
    client: Client, language: str, alice: User, model: LanguageModel
) -> None:
    client.cookies["language"] = language
    shown = [client.get("/accounts/login/").content.decode()]
    client.force_login(alice)
    shown += [client.get(path).content.decode() for path in ("/", "/usage/", "/preferences/")]
    for page, words in zip(shown, PAGES[language], strict=True):
        assert f'<html lang="{language}">' in page
        assert words in page
