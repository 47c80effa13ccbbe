"""The answers about Chatsite: one markdown file per topic and language, chosen by keywords."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from chat.demo import languages
from chat.demo.topics import UNKNOWN, find_topic

ONLY_ENGLISH = {
    "de": "*Diese Antwort gibt es in der Vorführung nur auf Englisch.*\n\n",
    "fr": "*Dans cette démonstration, cette réponse n'existe qu'en anglais.*\n\n",
    "it": "*In questa dimostrazione questa risposta esiste solo in inglese.*\n\n",
}
QUOTED_CHARACTERS = 160
# Not all brackets: some models write formulas as \[x\] and \(x\), and pages show them as such.
MARKDOWN = re.compile(r"[\\`*_{}<>#+\-.!|~$&^=:/@]|\](?=[(\[])")


@dataclass(frozen=True)
class WrittenAnswer:
    text: str
    language: str
    reasoning: str


def about(question: str) -> WrittenAnswer:
    """The best answer to a question, in its language where there is one."""
    language = languages.guess(question)
    topic = find_topic(question)
    text = load(topic, language)
    if topic == UNKNOWN:
        text = text.replace("{question}", quoted(question))
    reasoning = (
        f"The person writes in language “{language}”. The words point to the topic “{topic}”. "
        "This demonstration looks for keywords and does not think; "
        "a real reasoning model would write its thoughts here."
    )
    return WrittenAnswer(text, language, reasoning)


@cache
def load(topic: str, language: str) -> str:
    """The text of a topic; in English, and saying so, where it was not translated."""
    folder = files(__name__)
    translated = folder / f"{topic}.{language}.md"
    if translated.is_file():
        return translated.read_text("utf-8").strip()
    return ONLY_ENGLISH.get(language, "") + (folder / f"{topic}.en.md").read_text("utf-8").strip()


def quoted(text: str, limit: int = QUOTED_CHARACTERS) -> str:
    """The beginning of somebody's text as plain words: nothing in it is markdown any more."""
    line = " ".join(text[: 4 * limit].split())
    short = line if len(line) <= limit else line[:limit].rstrip() + " …"
    return MARKDOWN.sub(r"\\\g<0>", short)
