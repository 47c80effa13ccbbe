"""What a turn offers after each kind of end: as the provider's contract says."""

import pytest

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
