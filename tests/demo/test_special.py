"""The special prompts, seen from the other end of the socket."""

import pytest

from chat.demo.special import SPECIALS, START_OF_AN_ANSWER, plan_for, table

from .support import ask, ask_and_record, body, frames, streamed_text


@pytest.mark.parametrize(
    ("dialect", "question", "status", "value"),
    [
        ("peakprivacy", "/demo refused key", 401, {"error": "Unauthenticated"}),
        (
            "peakprivacy",
            "/demo exhausted",
            403,
            {"error": "Subscription amount limit has been reached"},
        ),
        ("peakprivacy", "/demo busy", 429, {"message": "Too Many Attempts."}),
        ("peakprivacy", "/demo error", 500, {"message": "Server Error"}),
        ("grayswan", "/demo refused key", 401, {"detail": "Invalid API key"}),
        ("grayswan", "/demo busy", 429, {"detail": "Too many requests"}),
        ("grayswan", "/demo error", 500, {"detail": "Internal Server Error"}),
        (
            "openai_compatible",
            "/demo exhausted",
            429,
            {
                "error": {
                    "message": "You exceeded your current quota, "
                    "please check your plan and billing details.",
                    "type": "insufficient_quota",
                    "param": None,
                    "code": "insufficient_quota",
                }
            },
        ),
        (
            "openai_compatible",
            "/demo error",
            500,
            {
                "error": {
                    "message": "The server had an error while processing your request.",
                    "type": "server_error",
                    "param": None,
                    "code": None,
                }
            },
        ),
    ],
)
def test_failures_look_as_the_dialect_writes_them(
    dialect: str, question: str, status: int, value: object
) -> None:
    response = ask(dialect, question, stream=True)

    assert (response.status_code, response.json()) == (status, value)


@pytest.mark.parametrize("dialect", ["peakprivacy", "grayswan", "openai_compatible"])
def test_busy_says_when_to_come_back(dialect: str) -> None:
    assert ask(dialect, "/demo busy").headers["retry-after"] == "7"


def test_unreadable_is_a_page_with_status_200() -> None:
    response = ask("grayswan", "/demo unreadable", stream=True)

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html")
    assert response.text.startswith("<!doctype html>")


def test_truncated_ends_cleanly_without_a_finish() -> None:
    response, call = ask_and_record("grayswan", body("grayswan", "/demo truncated", stream=True))

    assert streamed_text(response).endswith("and then")
    assert all(frame["choices"][0]["finish_reason"] is None for frame in frames(response))
    assert call.outcome == "error"


@pytest.mark.parametrize(
    ("question", "finish", "text"),
    [
        ("/demo blocked", "content_filter", ""),
        ("/demo empty", "stop", ""),
        ("/demo nousage", "stop", "This answer does not say what it cost."),
        (
            "/demo length",
            "length",
            START_OF_AN_ANSWER,
        ),
        ("/demo slow", "stop", "Here is the answer, after a long silence."),
        ("/DEMO   Slow 0", "stop", "Here is the answer, after a long silence."),
    ],
)
def test_answers_that_end(question: str, finish: str, text: str) -> None:
    response = ask("peakprivacy", question, stream=True)

    assert streamed_text(response) == text
    assert frames(response)[-1]["choices"][0]["finish_reason"] == finish


def test_nousage_leaves_usage_out_even_when_asked() -> None:
    options = {"include_usage": True}

    streamed = ask("openai_compatible", "/demo nousage", stream=True, stream_options=options)
    whole = ask("openai_compatible", "/demo nousage").json()

    assert all(frame["choices"] for frame in frames(streamed)[:-1])
    assert "usage" not in whole


def test_long_has_as_many_paragraphs_as_asked_for() -> None:
    text = streamed_text(ask("grayswan", "/demo long 20", stream=True))

    assert text.count("**Paragraph ") == 20
    assert "**Paragraph 20 of 20.**" in text


def test_long_takes_about_five_minutes_at_human_pace() -> None:
    plan = plan_for("/demo long")

    assert plan is not None
    seconds = sum(wait for _, wait in zip(plan.split(plan.text), plan.waits(), strict=False))
    assert 240 < seconds < 420


def test_steady_has_its_exact_rate_and_length() -> None:
    plan = plan_for("/demo steady 40 2")

    assert plan is not None
    pieces = list(plan.split(plan.text))
    assert (pieces[0], pieces[-1], len(pieces)) == ("w000000 ", "w000079 ", 80)
    assert (next(plan.waits()), plan.exact) == (1 / 40, True)


def test_flood_is_as_large_as_asked_for() -> None:
    plan = plan_for("/demo flood 2")

    assert plan is not None
    assert 2 * 1024 * 1024 - 1000 < len(plan.text) <= 2 * 1024 * 1024


@pytest.mark.parametrize("question", ["/demo", "/demo nonsense", "help", "hilfe"])
def test_help_lists_every_special_prompt(question: str) -> None:
    text = streamed_text(ask("grayswan", question, stream=True))

    assert table() in text
    assert all(f"`/demo {special.usage}`" in text for special in SPECIALS)


def test_the_word_alone_is_no_special_prompt() -> None:
    assert [plan_for(text) for text in ("slow", "say /demo slow", "")] == [None, None, None]


def test_markdown_and_hostile_are_sent_as_written() -> None:
    markdown = streamed_text(ask("grayswan", "/demo markdown", stream=True))
    hostile = streamed_text(ask("grayswan", "/demo hostile", stream=True))

    assert "\n\n$$\\int_{-\\infty}" in markdown
    assert "<script>document.title" in hostile
