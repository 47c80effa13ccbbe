"""Which question gets which answer, in which language, and how a question is repeated."""

from html import escape

import pytest

from chat.demo.answers import about, load, quoted
from chat.demo.languages import guess
from chat.demo.topics import CLUES, find_topic
from chat.rendering import render

QUESTIONS = [
    ("en", "hello", "Hello"),
    ("en", "help", "help"),
    ("en", "about", "What is this?"),
    ("en", "privacy", "What happens to my text?"),
    ("en", "privacy", "Is my data anonymised or moderated?"),
    ("en", "stop", "How do I stop an answer?"),
    ("en", "regenerate", "How do I get another answer?"),
    ("en", "find", "Where do I find old conversations?"),
    ("en", "admin", "What do administrators see?"),
    ("en", "usage", "What counts as usage?"),
    ("en", "provider", "How do I add a real provider?"),
    ("en", "features", "Show me a table, some code and a formula."),
    ("en", "unknown", "What is the capital of France?"),
    ("de", "hello", "Hallo, wer ist da?"),
    ("de", "help", "hilfe"),
    ("de", "about", "Was ist das hier?"),
    ("de", "privacy", "Was passiert mit meinem Text?"),
    ("de", "stop", "Wie breche ich eine Antwort ab?"),
    ("de", "regenerate", "Wie bekomme ich eine andere Antwort?"),
    ("de", "find", "Wo finde ich alte Unterhaltungen?"),
    ("de", "admin", "Was sehen Administratoren?"),
    ("de", "usage", "Wie zählt der Verbrauch?"),
    ("de", "provider", "Wie füge ich einen echten Anbieter hinzu?"),
    ("de", "features", "Zeig mir eine Tabelle, Code und eine Formel."),
    ("de", "unknown", "Wie ist das Wetter?"),
    ("fr", "about", "Qu\u2019est-ce que c\u2019est ?"),
    ("fr", "privacy", "Que devient mon texte ?"),
    ("fr", "help", "aide"),
    ("fr", "unknown", "Quelle est la capitale ?"),
    ("it", "about", "Che cos'è questo?"),
    ("it", "privacy", "Che cosa succede al mio testo?"),
    ("it", "help", "aiuto"),
    ("it", "admin", "Chi vede le mie conversazioni?"),
]


@pytest.mark.parametrize(("language", "topic", "question"), QUESTIONS)
def test_a_question_finds_its_topic_and_language(language: str, topic: str, question: str) -> None:
    assert (guess(question), find_topic(question)) == (language, topic)


@pytest.mark.parametrize("topic", sorted({clue.topic for clue in CLUES} | {"unknown"}))
def test_every_topic_is_written_in_english_and_german(topic: str) -> None:
    assert load(topic, "de") != load(topic, "en")
    assert "nur auf Englisch" not in load(topic, "de")


def test_what_is_not_translated_says_so_and_comes_in_english() -> None:
    expected = "*Dans cette démonstration, cette réponse n'existe qu'en anglais.*\n\n"

    assert load("usage", "fr") == expected + load("usage", "en")


def test_one_answer_shows_a_table_code_and_a_formula() -> None:
    text = about("Show me a table, some code and a formula.").text

    assert all(sign in text for sign in ("|:--|", "```python", "$$\\sum"))


def test_an_unknown_question_is_repeated_as_plain_words() -> None:
    text = about("**bold** <b>tag</b> ![x](http://a/b) {specials}").text

    expected = (
        "> \\*\\*bold\\*\\* \\<b\\>tag\\<\\/b\\> \\![x\\](http\\:\\/\\/a\\/b) \\{specials\\}\n"
    )
    assert expected in text


@pytest.mark.parametrize(
    "text",
    [
        "I am [NAME_1], [EMAIL_1] (or so)",
        "\\(a\\) \\[b\\] $c$ $$d$$",
        "[a](b) [a][b] [a]: b ![a](b)",
        "[^1] [^1]: note <b>bold</b> `code` ~~no~~ a@example.org",
        "- [x] done",
    ],
)
def test_a_repeated_text_is_shown_as_it_was_written(text: str) -> None:
    assert render(f"> {quoted(text)}") == [
        f"<blockquote><p>{escape(text, quote=False)}</p></blockquote>"
    ]


def test_only_the_beginning_of_a_long_question_is_repeated() -> None:
    assert quoted("word " * 100, limit=9) == "word word …"
    assert quoted("a\nb\n\n# c") == "a b \\# c"
