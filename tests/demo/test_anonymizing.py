"""What is taken for a person's data, and what is left alone."""

import pytest

from chat.demo.anonymizing import Report, anonymize, describe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to maria.keller@example.co.uk.", "Write to [EMAIL_1]."),
        ("Call +41 79 123 45 67 or 044 123 45 67", "Call [PHONE_1] or [PHONE_2]"),
        ("Pay to CH93 0076 2011 6238 5295 7 today", "Pay to [IBAN_1] today"),
        ("I live at Bahnhofstrasse 12, 8001 Zürich.", "I live at [ADDRESS_1]."),
        ("Via Nassa 5, 6900 Lugano is mine", "[ADDRESS_1] is mine"),
        ("12 rue de la Paix, 75002 Paris", "[ADDRESS_1]"),
        ("at 221 Baker Street in London", "at [ADDRESS_1] in London"),
        ("Frau Zimmermann und Herr Dr. Hug", "Frau [NAME_1] und Herr Dr. [NAME_2]"),
        ("My name is Xaver Unbekannt.", "My name is [NAME_1]."),
        ("Peter Muster met Peter Muster and Anna", "[NAME_1] met [NAME_1] and [NAME_2]"),
        ("Je m\u2019appelle Zinédine, et toi ?", "Je m\u2019appelle [NAME_1], et toi ?"),
    ],
)
def test_it_replaces_what_points_to_a_person(text: str, expected: str) -> None:
    assert anonymize(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "Chatsite zählt Tokens im Jahr 2026.",
        "The sum of 1200 and 3400 is 4600.",
        "Version 3.11.7 of Python, port 8000",
        "Liebe Kolleginnen und Kollegen",
        "def f(x): return x @ y",
    ],
)
def test_it_leaves_other_text_alone(text: str) -> None:
    assert anonymize(text) == Report(text, {})


def test_it_counts_different_things_once() -> None:
    report = anonymize("a@example.ch, b@example.ch, A@example.ch")

    assert report == Report("[EMAIL_1], [EMAIL_2], [EMAIL_1]", {"EMAIL": 2})


def test_it_says_in_german_what_was_replaced() -> None:
    text = describe(anonymize("Herr Hug, hug@example.ch, x@example.ch"), "de")

    assert text == (
        "\n\n---\n\n**Anonymisiert.** Bevor das Modell Ihren Text sah, wurden ersetzt: "
        "2 E-Mail-Adressen, 1 Name. Das Modell sah:\n\n"
        "> Herr [NAME\\_1], [EMAIL\\_1], [EMAIL\\_2]"
    )


def test_it_says_when_nothing_was_replaced() -> None:
    assert describe(Report("Hello", {}), "fr") == (
        "\n\n---\n\n**Anonymised.** Nothing in your text looked like a name, an address or a "
        "number that points to a person, so the model saw it as you wrote it."
    )


def test_a_long_text_takes_no_long_time() -> None:
    report = anonymize("A" * 100_000 + " 1" * 100_000)

    assert len(report.text) == 20_000
