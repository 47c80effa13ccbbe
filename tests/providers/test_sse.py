"""The decoder is fed anything, cut anywhere."""

from __future__ import annotations

import itertools
import time
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from chat.providers.sse import ErrorFrame, Frame, Overflow, SSEDecoder

WORDS = st.sampled_from(
    [
        b"data: ",
        b"data:",
        b"data",
        b'{"a": "\xe2\x80\xa8"}',
        b"[DONE]",
        b"event: error",
        b"error: ",
        b": ping",
        b"id: 1",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"\xf0\x9f\x91\x8b",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\x00",
    ]
)
BYTES = st.one_of(st.binary(max_size=200), st.lists(WORDS, max_size=60).map(b"".join))


def decoded(*pieces: bytes, cap: int = 1 << 20) -> list[Frame]:
    decoder = SSEDecoder(cap)
    frames = [frame for piece in pieces for frame in decoder.feed(piece)]
    return frames + decoder.finish()


def cut_at(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@given(BYTES, st.lists(st.integers(0, 1000), max_size=8))
def test_it_gives_the_same_frames_however_the_bytes_are_cut(data: bytes, places: list[int]) -> None:
    whole = decoded(data)
    assert decoded(*cut_at(data, places)) == whole
    assert decoded(*(data[i : i + 1] for i in range(len(data)))) == whole


@given(st.lists(st.binary(max_size=50), max_size=20), st.integers(1, 40))
def test_it_never_raises_and_keeps_no_more_than_its_cap(pieces: list[bytes], cap: int) -> None:
    decoder = SSEDecoder(cap)
    for piece in pieces:
        decoder.feed(piece)
        assert len(decoder._tail) <= cap
        assert decoder._size <= cap + len(b"".join(pieces))
    decoder.finish()


def test_every_line_break_ends_a_line_and_unicode_breaks_do_not() -> None:
    assert decoded(b"data: a\n\ndata: b\r\rdata: c\r\n\r\ndata: d\xe2\x80\xa8\xc2\x85e\n\n") == [
        "a",
        "b",
        "c",
        "d\u2028\x85e",
    ]


def test_lines_of_one_event_stay_together_whatever_ends_them() -> None:
    for end in (b"\n", b"\r", b"\r\n"):
        lines = [b"event: error", b"data: a", b"data: b", b"", b""]
        assert decoded(end.join(lines)) == [ErrorFrame("a\nb")]


def test_a_line_break_cut_in_two_is_one_line_break() -> None:
    assert decoded(b"data: a\r", b"\n", b"data: b\r", b"\n\r", b"\n") == ["a\nb"]


def test_a_byte_order_mark_is_dropped_once() -> None:
    assert decoded(b"\xef", b"\xbb\xbfdata: a\n\n", b"\xef\xbb\xbfdata: b\n\n") == ["a"]


def test_data_lines_of_one_event_are_joined() -> None:
    assert decoded(b"data: {\ndata:}\n\n") == ["{\n}"]


def test_objects_without_blank_lines_between_are_events_of_their_own() -> None:
    lines = b'data: {"a":1}\ndata:{"b":2}\ndata: [DONE]\n'
    assert decoded(lines) == ['{"a":1}', '{"b":2}', "[DONE]"]
    assert decoded(b'data: {"a":\ndata: {"b":2}}\n\n') == ['{"a":\n{"b":2}}']


def test_events_without_data_are_not_dispatched() -> None:
    assert decoded(b"id: 1\n\n: ping\n\nretry: 5\n\nevent: x\n\ndata:\n\ndata: \n\n") == []


def test_errors_are_told_apart() -> None:
    assert decoded(b'event: error\ndata: {"a":1}\n\nerror: {"b":2}\n\n') == [
        ErrorFrame('{"a":1}'),
        ErrorFrame('{"b":2}'),
    ]


def test_bare_json_lines_are_frames() -> None:
    assert decoded(b'{"a":1}\n{"b":2}\n') == ['{"a":1}', '{"b":2}']


def test_an_unterminated_last_frame_counts_only_if_it_is_whole() -> None:
    assert decoded(b'data: {"a":1}') == ['{"a":1}']
    assert decoded(b'data: {"a":1}\n') == ['{"a":1}']
    assert decoded(b"data: [DONE]") == ["[DONE]"]
    assert decoded(b'data: {"a":') == []
    assert decoded(b'{"a":') == []


def test_lines_that_are_no_fields_are_counted() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"Not found\nnope: x\nid: 1\n\n") == []
    assert decoder.strange_lines == 2


def test_an_event_over_the_cap_closes_the_decoder() -> None:
    assert decoded(b"data: " + b"x" * 100, b"y\n\ndata: z\n\n", cap=50) == [Overflow()]
    assert decoded(b"data: 1234567\n" * 10 + b"\n", cap=50) == [Overflow()]


def test_nine_million_bytes_without_a_line_break_cost_no_more_than_the_cap() -> None:
    decoder = SSEDecoder()
    piece = b"x" * 65536
    tracemalloc.start()
    frames = [frame for _ in range(144) for frame in decoder.feed(piece)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert frames == [Overflow()]
    assert peak < 12 * 1024 * 1024


def test_single_bytes_take_time_in_proportion() -> None:
    assert _seconds(80_000) < 10 * max(_seconds(20_000), 0.002)


def _seconds(size: int) -> float:
    decoder = SSEDecoder()
    data = b"data: " + b"x" * size + b"\n\n"
    start = time.process_time()
    frames = [frame for i in range(len(data)) for frame in decoder.feed(data[i : i + 1])]
    assert frames == ["x" * size]
    return time.process_time() - start
