"""Calls over real sockets: what they become, and what of them fails how."""

from __future__ import annotations

import pytest

from chat.providers import Completed, ErrorCategory, Timeouts, Usage
from tests.providers.support import KEY, endpoint_to, error_of, run, run_all, story_of
from tests.wire import Reply, WireServer, json_reply, sse, text_chunk

HI = Reply(sse(text_chunk("Hi"), text_chunk("", "stop"), "[DONE]"))


def test_a_closed_port_is_a_failed_connection() -> None:
    error = error_of(run(endpoint_to("http://127.0.0.1:1")))
    assert (error.category, error.phase, error.status) == ("connect_failed", "connect", None)


def test_a_name_that_does_not_resolve_is_a_failed_connection() -> None:
    error = error_of(run(endpoint_to("http://nowhere.invalid")))
    assert error.category is ErrorCategory.CONNECT_FAILED


@pytest.mark.parametrize(
    ("raw", "category"),
    [(b"", "connect_failed"), (b"hello there\r\n\r\n", "bad_response")],
)
def test_what_is_no_http_answer_is_named(server: WireServer, raw: bytes, category: str) -> None:
    server.play(Reply(raw=raw))
    assert error_of(run(endpoint_to(server.url))).category == category


def test_a_head_without_a_body_in_time_is_a_timeout_too(server: WireServer) -> None:
    server.play(Reply([], close="stall"))
    error = error_of(run(endpoint_to(server.url, timeouts=Timeouts(first_byte=0.2))))
    assert (error.category, error.status) == ("upstream_timeout", 200)


def test_a_body_shorter_than_its_length_is_an_interruption(server: WireServer) -> None:
    headers = {"Content-Length": "9999", "Content-Type": "text/event-stream"}
    server.play(Reply(sse(text_chunk("Hi")), headers=headers, framing="length", close="abrupt"))
    story = story_of(run(endpoint_to(server.url)))
    assert (story.text, story.terminal.category) == ({0: "Hi"}, "stream_interrupted")


def test_a_body_that_the_end_of_the_connection_ends_is_judged_by_its_finish(
    server: WireServer,
) -> None:
    server.play(
        Reply(sse(text_chunk("Hi")), framing="eof"),
        Reply(sse(text_chunk("Hi", "stop")), framing="eof"),
    )
    cut, whole = run(endpoint_to(server.url)), run(endpoint_to(server.url))
    assert error_of(cut).category == "stream_truncated"
    assert whole[-1] == Completed("eof", None)


def test_an_interim_answer_is_invisible(server: WireServer) -> None:
    body = sse(text_chunk("Hi", "stop"), "[DONE]")
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    server.play(Reply(raw=head + b"".join(body)))
    assert story_of(run(endpoint_to(server.url))).text == {0: "Hi"}


def test_a_redirect_is_not_followed_and_the_key_stays_here(server: WireServer) -> None:
    with WireServer(HI) as other:
        server.play(Reply([], 307, {"Location": f"{other.url}/x"}))
        error = error_of(run(endpoint_to(server.url, "peakprivacy")))
        assert (error.category, error.status) == ("misconfigured", 307)
        assert other.requests == []


def test_an_error_after_a_delta_keeps_the_text_and_the_usage(server: WireServer) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    server.play(Reply(sse({**text_chunk("Hi"), "usage": usage}, {"error": "boom"})))
    story = story_of(run(endpoint_to(server.url, max_retries=2)))
    assert (story.text, story.terminal.partial) == ({0: "Hi"}, True)
    assert story.terminal.usage == Usage(3, 1, 4, interim=True)


def test_a_long_error_is_read_in_part(server: WireServer) -> None:
    server.play(Reply([b"x" * 65536], 500, {"Content-Type": "text/plain"}, repeat=800))
    assert error_of(run(endpoint_to(server.url))).category == "upstream_error"
    assert server.bytes_sent < 20 * 1024 * 1024


def test_an_error_that_repeats_the_key_is_masked(server: WireServer) -> None:
    message = f"Bad token {KEY} <b>x</b> " + "y" * 290 + KEY
    server.play(json_reply({"error": {"message": message, "code": KEY}}, 401))
    error = error_of(run(endpoint_to(server.url)))
    assert KEY not in repr(error)
    assert KEY[:8] not in error.detail
    assert (len(error.detail), error.provider_code) == (300, "•••")


def test_the_events_come_in_order_and_end_with_the_terminal(server: WireServer) -> None:
    events = run(endpoint_to(server.url))
    assert [type(event).__name__ for event in events] == [
        "StreamStarted",
        "TextDelta",
        "ChoiceFinished",
        "Completed",
    ]


def test_a_flood_is_cut_at_the_cap_and_the_socket_closed(server: WireServer) -> None:
    server.play(Reply(sse(text_chunk("x" * 50_000)), repeat=1000))
    story = story_of(run(endpoint_to(server.url, max_reply_bytes=1_000_000)))
    assert len(story.text[0]) == 1_000_000
    assert (story.finish, story.terminal.how) == ({0: "length"}, "done")
    assert server.bytes_sent < 20 * 1024 * 1024


def test_connections_are_used_again_after_a_stream_and_after_a_body(server: WireServer) -> None:
    body = {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}
    replies = [Reply(sse(text_chunk("Hi", "stop"))), json_reply(body)]
    server.play(*replies, *replies)
    for events in run_all(*[endpoint_to(server.url)] * 4):
        assert isinstance(events[-1], Completed)
    assert (len(server.requests), server.connections) == (4, 1)
