"""What is tried again, how often and when: never after a delta."""

from __future__ import annotations

import time

import pytest

from chat.providers import ProviderError, Timeouts, Usage
from tests.patience import PATIENCE
from tests.providers.support import endpoint_to, error_of, run, story_of
from tests.wire import Reply, WireServer, json_reply, sse, text_chunk

HI = Reply(sse(text_chunk("Hi"), text_chunk("", "stop"), "[DONE]"))
BUSY = json_reply({"error": {"message": "busy", "type": "rate_limit_error"}}, 429)


def test_a_connection_closed_without_an_answer_is_tried_once_more(server: WireServer) -> None:
    server.play(Reply(raw=b""))
    run(endpoint_to(server.url, max_retries=2))
    assert len(server.requests) == 2


def test_no_first_byte_in_time_is_a_timeout_that_is_not_waited_for_again(
    server: WireServer,
) -> None:
    server.play(Reply(wait=2 * PATIENCE))
    start = time.monotonic()
    error = error_of(run(endpoint_to(server.url, max_retries=2, timeouts=Timeouts(first_byte=0.2))))
    assert (error.category, len(server.requests)) == ("upstream_timeout", 1)
    assert time.monotonic() - start < PATIENCE


def test_a_busy_provider_is_asked_again_after_the_time_it_named(server: WireServer) -> None:
    busy = json_reply({"message": "Too Many Attempts."}, 429, Retry_After="0.4")
    server.play(busy, HI)
    events = run(endpoint_to(server.url, max_retries=2))
    first, second = server.requests
    assert story_of(events).text == {0: "Hi"}
    assert 0.4 <= second.at - first.at < PATIENCE


@pytest.mark.parametrize(("value", "told"), [("31", 31.0), ("1000000000", 1e9), ("42", 42.0)])
def test_a_pause_that_is_too_long_is_left_to_the_person(
    server: WireServer, value: str, told: float
) -> None:
    server.play(json_reply({}, 429, Retry_After=value))
    error = error_of(run(endpoint_to(server.url, max_retries=2)))
    assert (error.retry_after, len(server.requests)) == (told, 1)


def test_a_busy_provider_is_asked_three_times_at_most(server: WireServer) -> None:
    server.play(BUSY)
    assert error_of(run(endpoint_to(server.url, max_retries=2))).category == "rate_limited"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("reply", "requests"),
    [
        (json_reply({}, 500), 2),
        (json_reply({}, 500, x_should_retry="false"), 1),
        (json_reply({"error": "Unauthenticated"}, 401), 1),
        (json_reply({}, 400), 1),
        (json_reply({"choices": []}), 2),
        (Reply(sse({"error": {"message": "x", "code": 502}})), 2),
        (Reply(sse(text_chunk("Hi"), {"error": {"message": "x", "code": 502}})), 1),
        (Reply(sse("{nope", "[DONE]")), 1),
    ],
)
def test_it_repeats_only_what_may_help_and_never_after_a_delta(
    server: WireServer, reply: Reply, requests: int
) -> None:
    server.play(reply)
    events = run(endpoint_to(server.url, max_retries=2))
    assert isinstance(events[-1], ProviderError)
    assert len(server.requests) == requests


EMPTY = sse({"choices": [], "usage": {"prompt_tokens": 8, "total_tokens": 8}}, "[DONE]")
TOLD = {"choices": [], "usage": {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10}}


@pytest.mark.parametrize(
    ("last", "usage"),
    [
        ([TOLD], Usage(16, 2, 18)),
        # What is known of the first attempt is not the whole, so it is not given out as that.
        ([], None),
    ],
)
def test_what_a_repeated_attempt_took_is_counted(
    server: WireServer, last: list[object], usage: Usage | None
) -> None:
    answer = Reply(sse(text_chunk("Hi"), text_chunk("", "stop"), *last, "[DONE]"))
    server.play(Reply(EMPTY), answer)
    terminal = story_of(run(endpoint_to(server.url, max_retries=2))).terminal
    assert (terminal.usage, len(server.requests)) == (usage, 2)


def test_what_attempts_in_vain_took_is_counted(server: WireServer) -> None:
    server.play(Reply(EMPTY))
    error = error_of(run(endpoint_to(server.url, max_retries=2)))
    assert (error.usage, len(server.requests)) == (Usage(prompt=16, total=16), 2)
