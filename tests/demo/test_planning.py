"""Titles, going on after an interruption, and what an anonymised title says."""

from typing import Any

import pytest

from chat.demo.planning import make_plans
from chat.demo.prompt import Message, Prompt


def prompt(*turns: tuple[str, str], **fields: Any) -> Prompt:
    return Prompt("m", tuple(Message(role, text) for role, text in turns), **fields)


TITLE = ("system", "Write a short title for this conversation.")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("how do I stop an answer that is far too long?", "How do I stop an answer"),
        ("Hello!", "Hello"),
        ("/demo broken stream", "/demo broken stream"),
        ("  ", "New conversation"),
    ],
)
def test_a_title_is_made_of_the_first_words(question: str, title: str) -> None:
    turns = [TITLE, ("user", question), ("assistant", "…"), ("user", "And then?")]

    assert [plan.text for plan in make_plans(prompt(*turns))] == [title]


def test_a_title_for_an_anonymised_conversation_names_nobody() -> None:
    plans = make_plans(prompt(TITLE, ("user", "A letter to Maria Keller"), anonymized=True))

    assert [plan.text for plan in plans] == ["A letter to [NAME_1]"]


def test_it_goes_on_behind_the_beginning_that_was_sent_back() -> None:
    whole = make_plans(prompt(("user", "What is this?")))[0].text

    rest = make_plans(prompt(("user", "What is this?"), ("assistant", whole[:50])))[0].text

    assert rest == whole[50:]


def test_it_answers_the_last_question() -> None:
    plans = make_plans(prompt(("user", "help"), ("assistant", "…"), ("user", "Hello")))

    assert plans[0].text.startswith("Hello! I am the **demonstration provider**")


def test_only_the_reasoning_model_thinks_aloud() -> None:
    quiet = make_plans(prompt(("user", "What is this?")))[0]
    loud = make_plans(prompt(("user", "What is this?"), reasoning=True))[0]

    assert quiet.reasoning == ""
    assert "point to the topic “about”" in loud.reasoning
