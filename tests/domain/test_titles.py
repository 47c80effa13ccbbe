"""Titles from the first words, and what is left of a title that a model wrote."""

import uuid

import pytest

from chat.domain import begin, endings, history, replies, titles
from chat.domain.runs import Ending, Piece
from chat.models import Conversation, LanguageModel, User
from chat.models.completion import Part, State
from chat.protocol import SendMessage


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("How tall is the Eiger? And the Mönch?", "How tall is the Eiger?"),
        ("## A *list*\nof things", "A list"),
        ("\n\n   \nAfter empty lines", "After empty lines"),
        ("```\n<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("> - [x] **What** is `this`, [really](https://a.example)?", "What is this, really?"),
        ("| a | b |", "a b"),
        ("What is 6*7, and 2 * 3?", "What is 6*7, and 2 * 3?"),
        ("C#, #1 and snake_case", "C#, #1 and snake_case"),
        ("", ""),
        ("###", ""),
        ("word " * 40, "word " * 11 + "word…"),
    ],
)
def test_a_title_is_the_first_sentence(text: str, title: str) -> None:
    assert titles.title_from(text) == title


def test_a_title_is_never_longer_than_its_column() -> None:
    assert len(titles.title_from("x" * 1_000_000)) <= titles.TITLE_CHARACTERS + 1


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Moving house in May", "Moving house in May"),
        ("\n**Title:** „Umzug im Mai“.\n\nWhat else?", "Umzug im Mai"),
        ('"Déménager en mai"', "Déménager en mai"),
        ("# Titre : « Déménager »", "Déménager"),
        ("\u202eevil\u0000 \u200btitle", "evil title"),
        ("...", ".."),
        ("", ""),
        ("  \n```\n", ""),
        ("word " * 40, "word " * 14 + "word…"),
        ("x" * 5_000, "x" * 79 + "…"),
    ],
)
def test_of_a_models_title_one_plain_line_is_left(written: str, title: str) -> None:
    assert titles.cleaned(written) == title


@pytest.mark.parametrize(
    ("name", "title"),
    [("", "Hi \u2013 The Eiger is a mountain of the Bernese Alps."), ("Q3", "Q3")],
)
def test_a_greeting_is_named_after_its_answer_but_not_what_a_person_has_named(
    alice: User, model: LanguageModel, name: str, title: str
) -> None:
    command = SendMessage(1, uuid.uuid4(), uuid.uuid4(), "Hi", model.id)
    started = replies.send(alice, command, "node")
    run = begin.begin(started.completion.id, "node")
    assert run is not None
    if name:
        history.rename(Conversation.objects.get(), name)
    text = "The Eiger is a mountain of the Bernese Alps."
    pieces = [
        Piece(run.owner, run.replies[0], 1, Part.REASONING, "They greet me, so I greet them back."),
        Piece(run.owner, run.replies[0], 2, Part.CONTENT, text),
    ]
    assert endings.finish(run, Ending(State.COMPLETED, ("stop",)), pieces, "Hi")
    assert Conversation.objects.get().title == title
