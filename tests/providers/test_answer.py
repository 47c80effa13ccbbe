"""From bytes to events without a network."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.providers.answer import AnswerReader, Loss
from chat.providers.events import (
    ChoiceFinished,
    Completed,
    ErrorCategory,
    Event,
    FinishReason,
    ReasoningDelta,
    StreamStarted,
    TextDelta,
    Usage,
)
from chat.providers.failure import Failure
from tests.wire import sse, text_chunk


def read(
    *pieces: bytes, loss: Loss = Loss.EOF, limit: int = 1_000_000, is_html: bool = False
) -> tuple[list[Event], Completed | Failure | None]:
    reader = AnswerReader(max_reply_bytes=limit, is_html=is_html)
    events: list[Event] = []
    for piece in pieces:
        if reader.outcome is None:
            reader.feed(piece)
            events += reader.take()
    if reader.outcome is None:
        reader.end(loss)
        events += reader.take()
    return events, reader.outcome


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def category(outcome: Completed | Failure | None) -> ErrorCategory:
    assert isinstance(outcome, Failure)
    return outcome.category


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_any_bytes_cut_anyhow_have_one_outcome(data: bytes, places: list[int]) -> None:
    edges = [0, *sorted(places), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(edges)]
    assert _joined(read(*pieces)) == _joined(read(data))


NAMES = (
    *("choices", "delta", "message", "content", "index", "finish_reason", "usage"),
    *("error", "tool_calls", "id", "function", "arguments", "text", "refusal"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=5), st.booleans())
def test_no_shape_of_json_raises(chunks: list[Any], as_stream: bool) -> None:
    if as_stream:
        pieces = sse(*[json.dumps(chunk) for chunk in chunks])
    else:
        pieces = [json.dumps(chunks[0] if chunks else {}).encode()]
    assert read(*pieces)[1] is not None


def _joined(result: tuple[list[Event], Completed | Failure | None]) -> tuple[str, object]:
    return text_of(result[0]), result[1]


def test_a_surrogate_pair_cut_between_deltas_is_one_sign() -> None:
    events, _ = read(*sse(text_chunk("a\ud83d"), text_chunk("\udc4b!", "stop"), "[DONE]"))
    assert [event for event in events if isinstance(event, TextDelta)] == [
        TextDelta(0, "a"),
        TextDelta(0, "👋!"),
    ]


def test_half_a_pair_at_the_end_is_replaced() -> None:
    events, _ = read(*sse(text_chunk("a\ud83d", "stop"), "[DONE]"))
    assert text_of(events) == "a\ufffd"


def test_nul_and_lone_surrogates_cannot_be_stored_and_do_not_come_through() -> None:
    events, _ = read(*sse(text_chunk("a\x00\udc4bb\ud83dc", "stop"), "[DONE]"))
    assert text_of(events) == "a\ufffdb\ufffdc"


def test_the_start_waits_for_the_first_delta_and_knows_what_came_before() -> None:
    events, _ = read(
        *sse(
            {"id": "", "model": "", "choices": []},
            {"id": "r1", "model": "m1", "system_fingerprint": "fp", "choices": []},
            text_chunk("Hi"),
        )
    )
    assert events[0] == StreamStarted(True, "r1", "m1", None, "fp")


def test_a_reply_over_the_cap_ends_as_length_at_exactly_the_cap() -> None:
    events, outcome = read(*sse(text_chunk("grüezi"), text_chunk("wohl", "stop")), limit=9)
    assert text_of(events) == "grüeziwo"
    assert events[-1] == ChoiceFinished(0, FinishReason.LENGTH, "size_limit")
    assert outcome == Completed("done", None, frozenset({"size_limit"}))


def test_the_cap_never_cuts_a_sign_in_two() -> None:
    events, _ = read(*sse(text_chunk("äää")), limit=3)
    assert text_of(events) == "ä"


def test_bad_frames_are_skipped_and_told_of() -> None:
    events, outcome = read(*sse(text_chunk("a"), "{nope", text_chunk("b", "stop"), "[DONE]"))
    assert text_of(events) == "ab"
    assert outcome == Completed("done", None, frozenset({"bad_frames"}))


def test_more_than_twenty_bad_frames_are_an_error() -> None:
    events, outcome = read(*sse(text_chunk("a"), *["{nope"] * 21, text_chunk("b", "stop")))
    assert text_of(events) == "a"
    assert category(outcome) is ErrorCategory.BAD_RESPONSE


def test_a_stream_with_bad_frames_and_no_finish_is_not_called_complete() -> None:
    assert category(read(*sse(text_chunk("a"), "{nope", "[DONE]"))[1]) == "bad_response"


def test_rubbish_after_the_finish_costs_nothing() -> None:
    _, outcome = read(*sse(text_chunk("a", "stop"), *["{nope"] * 30))
    assert outcome == Completed("lost_after_finish", None, frozenset({"bad_frames"}))


def test_deep_nesting_is_a_bad_frame() -> None:
    _, outcome = read(*sse('{"a":' + "[" * 100_000, "[DONE]"))
    assert category(outcome) is ErrorCategory.BAD_RESPONSE


def test_done_after_text_without_a_finish_is_complete_and_unknown() -> None:
    events, outcome = read(*sse(text_chunk("a"), "[DONE]"))
    assert events[-1] == ChoiceFinished(0, FinishReason.UNKNOWN, "")
    assert outcome == Completed("done", None)


def test_a_break_after_the_finish_is_complete() -> None:
    _, outcome = read(*sse(text_chunk("a", "stop")), loss=Loss.BROKEN)
    assert outcome == Completed("lost_after_finish", None)


def test_a_plain_text_body_cannot_be_read() -> None:
    assert category(read(b"Not found\n")[1]) is ErrorCategory.BAD_RESPONSE


def test_a_page_is_a_problem_of_the_provider_whatever_its_label() -> None:
    assert category(read(b"  <!doctype html><p>hi")[1]) is ErrorCategory.UPSTREAM_ERROR
    assert category(read(b"Down for now", is_html=True)[1]) is ErrorCategory.UPSTREAM_ERROR


def test_a_broken_connection_inside_a_json_body_is_an_interruption() -> None:
    assert category(read(b'{"id":"x","cho', loss=Loss.BROKEN)[1]) == "stream_interrupted"
    assert category(read(b'{"id":"x","cho', loss=Loss.STALLED)[1]) == "stream_stalled"


def test_a_whole_json_body_is_complete_even_if_the_connection_then_breaks() -> None:
    body = {"choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]}
    events, outcome = read(json.dumps(body).encode(), loss=Loss.STALLED)
    assert events == [
        StreamStarted(False, None, None, None),
        TextDelta(0, "Hi"),
        ChoiceFinished(0, FinishReason.STOP, "stop"),
    ]
    assert outcome == Completed("done", None)


def test_a_pretty_printed_json_body_is_one_body() -> None:
    body = {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}
    events, outcome = read(json.dumps(body, indent=2).encode() + b"\n\n")
    assert (text_of(events), outcome) == ("Hi", Completed("done", None))


def test_a_single_json_line_that_is_a_chunk_is_a_cut_stream() -> None:
    assert category(read(json.dumps(text_chunk("Hi")).encode())[1]) == "stream_truncated"


def test_parts_of_content_are_text_and_thinking() -> None:
    content = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "42"},
    ]
    chunk = {"choices": [{"delta": {"content": content}, "finish_reason": "stop"}]}
    events, _ = read(*sse(chunk, "[DONE]"))
    assert events[1:3] == [ReasoningDelta(0, "hm"), TextDelta(0, "42")]


def test_thoughts_in_front_of_the_answer_or_in_details_are_kept_apart() -> None:
    details = {"reasoning_details": [{"type": "reasoning.text", "text": "so "}, {"data": "x"}]}
    first = {"choices": [{"delta": {"content": "", **details}}]}
    chunks = [text_chunk("<thi"), text_chunk("nk>hm</think>"), text_chunk("\n42", "stop")]
    events, _ = read(*sse(first, *chunks, "[DONE]"))
    told = [ReasoningDelta(0, "so "), ReasoningDelta(0, "hm"), TextDelta(0, "42")]
    assert events[1:4] == told


def test_usage_survives_a_failed_answer() -> None:
    reader = AnswerReader(max_reply_bytes=100)
    for piece in sse({**text_chunk("a"), **TOLD}, {"error": "boom"}):
        reader.feed(piece)
    assert reader.usage == Usage(3, 1, 4, interim=True)
    assert category(reader.outcome) is ErrorCategory.UPSTREAM_ERROR


TOLD = {"usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}}
PIECE, FINISH = {**text_chunk("a"), **TOLD}, text_chunk("", "stop")


@pytest.mark.parametrize(
    ("chunks", "loss", "interim"),
    [
        ([PIECE], Loss.EOF, True),
        ([PIECE], Loss.BROKEN, True),
        ([PIECE, FINISH], Loss.BROKEN, True),
        ([PIECE, FINISH], Loss.EOF, False),
        ([PIECE, "[DONE]"], Loss.EOF, False),
        ([text_chunk("a"), {**FINISH, **TOLD}], Loss.BROKEN, False),
        ([text_chunk("a"), {"error": "boom", **TOLD}], Loss.EOF, False),
        ([{"choices": [], **TOLD}, "[DONE]"], Loss.EOF, False),
    ],
)
def test_what_was_told_along_the_way_is_not_all_unless_the_answer_ended(
    chunks: list[Any], loss: Loss, interim: bool
) -> None:
    reader = AnswerReader(max_reply_bytes=100)
    for piece in sse(*chunks):
        reader.feed(piece)
    if reader.outcome is None:
        reader.end(loss)
    assert reader.usage == Usage(3, 1, 4, interim=interim)


def test_of_an_answer_that_is_cut_here_the_usage_is_not_all() -> None:
    _, outcome = read(*sse({**text_chunk("long text"), **TOLD}), limit=4)
    assert isinstance(outcome, Completed)
    assert outcome.usage == Usage(3, 1, 4, interim=True)


def test_answers_without_numbers_are_told_apart_by_their_place() -> None:
    choices = [{"message": {"content": text}, "finish_reason": "stop"} for text in "ab"]
    events, _ = read(json.dumps({"choices": choices}).encode())
    assert events[1:3] == [TextDelta(0, "a"), TextDelta(1, "b")]
