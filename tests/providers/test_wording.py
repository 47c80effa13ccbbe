"""What people are told."""

from __future__ import annotations

import pytest

from chat.providers import ErrorCategory, FinishReason, notice_for, words_for


@pytest.mark.parametrize("category", list(ErrorCategory))
def test_every_category_has_words(category: ErrorCategory) -> None:
    assert words_for(category)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "The provider is busy. Try again in a moment."),
        (0.0, "The provider is busy. Try again in a moment."),
        (0.2, "The provider is busy. Try again in 1 second."),
        (41.2, "The provider is busy. Try again in 42 seconds."),
        (120.0, "The provider is busy. Try again in 120 seconds."),
        (121.0, "The provider is busy. Try again in 3 minutes."),
        (1e9, "The provider is busy. Try again in a moment."),
    ],
)
def test_a_busy_provider_is_counted_down(seconds: float | None, words: str) -> None:
    assert words_for(ErrorCategory.RATE_LIMITED, retry_after=seconds) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((), "The provider rejected this request."),
        (("stream_options", "metadata.x"), "The provider rejected this request."),
        (
            ("messages.0.content", "messages[1].role", "temperature"),
            "The provider rejected this request. It complained about: Message, Temperature.",
        ),
    ],
)
def test_a_rejected_request_names_what_a_person_can_change(
    fields: tuple[str, ...], words: str
) -> None:
    assert words_for(ErrorCategory.INVALID_REQUEST, fields=fields) == words


@pytest.mark.parametrize(
    ("reason", "had_text", "had_reasoning", "notice"),
    [
        (FinishReason.STOP, True, False, ""),
        (FinishReason.OTHER, True, False, ""),
        (FinishReason.TOOL_CALLS, True, False, ""),
        (FinishReason.STOP, False, True, "The model returned no text."),
        (FinishReason.LENGTH, True, True, "The answer reached its length limit."),
        (FinishReason.LENGTH, False, True, "The model used its whole budget thinking."),
        (
            FinishReason.CONTENT_FILTER,
            False,
            False,
            "The answer was withheld by the provider's safety filter.",
        ),
    ],
)
def test_an_unusual_end_is_explained(
    reason: FinishReason, had_text: bool, had_reasoning: bool, notice: str
) -> None:
    assert notice_for(reason, had_text=had_text, had_reasoning=had_reasoning) == notice
