"""Joining HTTP chunks and unpacking, without sockets."""

from __future__ import annotations

import itertools
import zlib

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.providers.body import ChunkedJoiner, Inflater, UnreadableBody


def framed(payloads: list[bytes], trailer: bytes = b"") -> bytes:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in payloads)
    return chunks + b"0\r\n" + trailer + b"\r\n"


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=10),
    st.lists(st.integers(0, 500), max_size=6),
    st.sampled_from([b"", b"X-Sum: 5\r\n"]),
)
def test_the_payload_is_the_same_however_the_chunks_were_cut(
    payloads: list[bytes], places: list[int], trailer: bytes
) -> None:
    data = framed(payloads, trailer)
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    joiner = ChunkedJoiner()
    pieces = [joiner.feed(data[start:end]) for start, end in itertools.pairwise(edges)]
    assert b"".join(pieces) == b"".join(payloads)
    assert joiner.clean


@given(st.binary(max_size=200))
def test_any_bytes_are_joined_or_refused(data: bytes) -> None:
    joiner = ChunkedJoiner()
    try:
        joiner.feed(data)
    except httpcore.RemoteProtocolError:
        return
    assert len(joiner._rest) <= len(data)


def test_extensions_and_upper_case_sizes_are_understood() -> None:
    joiner = ChunkedJoiner()
    assert joiner.feed(b"A;name=x\r\n0123456789\r\n0\r\n\r\n") == b"0123456789"
    assert joiner.done


@pytest.mark.parametrize(
    "data",
    [b"x\r\n", b"\r\n", b"-1\r\n", b"3\r\nabcX", b"f" * 17 + b"\r\n", b"1" * 10_000],
)
def test_what_is_no_chunk_is_refused(data: bytes) -> None:
    with pytest.raises(httpcore.RemoteProtocolError):
        ChunkedJoiner().feed(data)


def test_what_follows_the_last_chunk_makes_the_end_unclean() -> None:
    joiner = ChunkedJoiner()
    joiner.feed(framed([b"a"]) + b"HTTP/1.1 200")
    assert (joiner.done, joiner.clean) == (True, False)


@given(st.binary(max_size=500), st.integers(1, 40))
def test_packed_bytes_come_out_whole(data: bytes, step: int) -> None:
    squeezer = zlib.compressobj(wbits=31)
    packed = squeezer.compress(data) + squeezer.flush()
    inflater = Inflater("gzip")
    pieces = [inflater.feed(packed[at : at + step]) for at in range(0, len(packed), step)]
    assert b"".join(pieces) == data


def test_a_bomb_is_refused() -> None:
    squeezer = zlib.compressobj(wbits=31)
    packed = squeezer.compress(b"x" * 10_000_000) + squeezer.flush()
    with pytest.raises(UnreadableBody):
        Inflater("gzip").feed(packed)
