"""What a turn offers after each kind of end: as the provider's contract says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.domain.transcript import transcript
from chat.models import Completion, Conversation, Message
from chat.models.completion import State
from chat.providers import ErrorCategory

RETRY = {
    "rate_limited",
    "connect_failed",
    "upstream_timeout",
    "upstream_error",
    "bad_response",
    "empty_response",
    "stream_truncated",
    "stream_interrupted",
    "stream_stalled",
    "internal",
    "",
}
ADMINISTRATOR = {"auth", "quota_exhausted", "forbidden", "not_found", "misconfigured"}
WRITER = {"invalid_request", "context_too_long", "content_blocked", "request_too_large"}
FAILURES = [
    *(str(category) for category in ErrorCategory if category != "cancelled"),
    "internal",
    "",
]


def offered(conversation: Conversation, state: State, category: str = "") -> tuple[bool, str]:
    """(may try again, the first words of the advice)."""
    completion = Completion.objects.create(
        conversation=conversation, model_name="house-1", state=state, error_category=category
    )
    conversation.leaf = Message.objects.create(
        conversation=conversation, role="assistant", completion=completion
    )
    conversation.save()
    (turn,) = transcript(conversation).turns
    return turn.may_retry, turn.advice[:12]


@pytest.mark.parametrize("category", FAILURES)
def test_a_failure_may_be_tried_again_only_where_that_can_help(
    conversation: Conversation, category: str
) -> None:
    expected = {
        **dict.fromkeys(RETRY, (True, "")),
        **dict.fromkeys(ADMINISTRATOR, (False, "Trying again")),
        **dict.fromkeys(WRITER, (False, "Your message")),
    }
    assert offered(conversation, State.FAILED, category) == expected[category]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.STOPPED, (True, "")),
        (State.INTERRUPTED, (True, "")),
        (State.BLOCKED, (False, "Your message")),
        (State.COMPLETED, (False, "")),
        (State.RUNNING, (False, "")),
    ],
)
def test_other_ends_offer_what_makes_sense(
    conversation: Conversation, state: State, expected: tuple[bool, str]
) -> None:
    assert offered(conversation, state) == expected


@pytest.mark.parametrize(
    ("pause", "ago", "retry_in", "problem"),
    [
        (None, 5, 0, "The provider is busy. Try again in a moment."),
        (90.0, 0.5, 90, "The provider is busy. Try again in 90 seconds."),
        (90.0, 60.5, 30, "The provider is busy. Try again in 30 seconds."),
        (90.0, 91, 0, "The provider was busy. You can try again now."),
        (90_000.0, 1, 0, "The provider is busy. Try again in a moment."),
    ],
)
def test_the_wait_for_a_busy_provider_is_counted_from_the_end(
    conversation: Conversation, pause: float | None, ago: float, retry_in: int, problem: str
) -> None:
    offered(conversation, State.FAILED, ErrorCategory.RATE_LIMITED)
    ended = timezone.now() - timedelta(seconds=ago)
    Completion.objects.update(retry_after=pause, finished_at=ended)
    (turn,) = transcript(conversation).turns
    assert (turn.retry_in, turn.problem) == (retry_in, problem)
