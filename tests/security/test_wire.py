"""The real server against bytes that no browser sends."""

import time
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.security.conftest import Served
from tests.security.wire import (
    close_code,
    connected,
    exchange,
    frame,
    read,
    read_head,
    request,
    status,
    upgrade,
)

pytestmark = pytest.mark.processes

MEGABYTE = 1_000_000


def origin(served: Served) -> bytes:
    return b"Origin: " + served.site.origin.encode()


def test_a_person_comes_in_and_a_stranger_does_not(served: Served) -> None:
    """The rest of this file means something only as long as this is so."""
    ours, cookie = origin(served), served.cookie
    assert status(exchange(served.site.port, upgrade(served.host, ours, cookie))) == 101
    for headers in ([ours], [cookie], [b"Origin: https://evil.example", cookie]):
        assert status(exchange(served.site.port, upgrade(served.host, *headers))) == 403


def test_two_origins_are_refused(served: Served) -> None:
    ours, theirs = origin(served), b"Origin: https://evil.example"
    for pair in ([ours, theirs], [theirs, ours], [ours, ours]):
        answer = exchange(served.site.port, upgrade(served.host, *pair, served.cookie))
        assert status(answer) in (400, 403)


@pytest.mark.parametrize("byte", [0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x00], ids=hex)
def test_bytes_that_some_parsers_take_for_a_line_end_smuggle_no_header(
    served: Served, byte: int
) -> None:
    ours, splitter = origin(served), bytes([byte])
    for smuggled in (
        b"X-Harmless: x" + splitter + ours,
        b"X-Harmless: x" + splitter + b"\r" + ours,
        b"Origin: https://evil.example" + splitter + ours,
        b"X-Harmless" + splitter + b": x",
    ):
        answer = exchange(served.site.port, upgrade(served.host, smuggled, served.cookie))
        assert status(answer) in (0, 400, 403), smuggled


def test_headers_that_only_a_proxy_may_send_are_ignored(served: Served) -> None:
    plain = exchange(served.site.port, request("/accounts/login/", host=served.host))
    for header in (
        b"Daphne-Root-Path: /evil",
        b"X-Forwarded-Host: evil.example",
        b"X-Forwarded-Proto: https",
        b"X-Forwarded-Port: 1",
        b"X-Forwarded-For: 203.0.113.7",
        b"X-Script-Name: /evil",
        b"Forwarded: for=203.0.113.7;host=evil.example;proto=https",
    ):
        answer = exchange(served.site.port, request("/accounts/login/", header, host=served.host))
        assert status(answer) == 200
        assert b"evil" not in answer, header
        assert (b"ecure" in answer) == (b"ecure" in plain), header


def open_socket_and_send(served: Served, *frames: bytes, seconds: float = 5.0) -> int | None:
    """Signs in on a socket, sends the frames, waits for its end; the close code, if one is said."""
    with connected(served.site.port) as wire:
        wire.sendall(upgrade(served.host, origin(served), served.cookie))
        head, rest = read_head(wire)
        assert status(head) == 101
        try:
            for one in frames:
                wire.sendall(one)
        except (BrokenPipeError, ConnectionResetError):
            pass
        data, ended = read(wire, seconds)
        assert ended, "the socket is still open"
        return close_code(rest + data)


@pytest.mark.parametrize(
    "sent",
    [
        [frame(b"x" * 300_000)],
        [frame(b"x", length=2**32)],
        [frame(b"x", length=2**63 - 1)],
        [frame(b"x" * 60_000, first=0)] + [frame(b"x" * 60_000, code=0, first=0)] * 6,
        [frame(b"\xff\xfe\xfd")],
        [frame(b'{"type": "ping"}', mask=False)],
        [frame(b"\x4a\x04\x00", first=0x80 | 0x40)],
        [frame(b"x", code=3)],
        [frame(b"x" * 200, code=9)],
        [frame(b"more", code=0)],
    ],
    ids=[
        "too large",
        "4 GiB",
        "the largest number",
        "in fragments",
        "not UTF-8",
        "unmasked",
        "compressed",
        "unknown code",
        "large ping",
        "goes on with nothing",
    ],
)
def test_a_frame_that_breaks_the_rules_ends_the_socket(served: Served, sent: list[bytes]) -> None:
    before = served.server.memory
    # The connection is dropped at once: who does this gets no polite goodbye.
    assert open_socket_and_send(served, *sent) in (None, 1002, 1007, 1009)
    assert served.server.memory - before < 10 * MEGABYTE


def test_a_flood_of_large_frames_costs_no_memory(served: Served) -> None:
    before = served.server.memory
    flood = [frame(b"x" * 250_000)] * 200
    assert open_socket_and_send(served, *flood) in (None, 4400, 4013)
    assert served.server.memory - before < 20 * MEGABYTE


def test_a_flood_of_small_frames_is_ended_soon(served: Served) -> None:
    began = time.monotonic()
    flood = frame(b'{"type": "ping"}') * 1000
    assert open_socket_and_send(served, *[flood] * 100) in (None, 4013)
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize("head", [b"Content-Length: 300000000", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", ["/accounts/login/", "/nothing/", "/static/x", "/live/"])
def test_a_large_body_is_refused_while_it_arrives(served: Served, head: bytes, path: str) -> None:
    """Nobody is signed in here, and it costs neither memory nor disk."""
    before, spooled = served.server.memory, temporary_files(served)
    is_chunked = head.startswith(b"Transfer")
    piece = b"x" * 100_000
    body = b"186a0\r\n" + piece + b"\r\n" if is_chunked else piece
    start = request(path, head, b"Content-Type: text/plain", method="POST", host=served.host)
    assert status(exchange(served.site.port, start, *[body] * 60)) == 413
    assert served.server.memory - before < 10 * MEGABYTE
    assert temporary_files(served) <= spooled


def temporary_files(served: Served) -> set[Path]:
    return {path for path in served.temporary.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "headers",
    [
        [b"Content-Length: 3", b"Content-Length: 4"],
        [b"Content-Length: 3", b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding: chunked", b"Content-Length: 3"],
        [b"Transfer-Encoding: xchunked"],
        [b"Content-Length: -1"],
        [b"Content-Length: +3"],
        [b"Content-Length: 0x3"],
        [b"Content-Length: 3, 3"],
        [b"Content-Length : 3"],
        [b" Folded: x"],
        [b"No colon at all"],
        [b": no name"],
        [b"X-%d: x" % number for number in range(10_000)],
        [b"X: " + b"x" * 200_000],
    ],
    ids=lambda headers: headers[0][:30].decode(),
)
def test_a_request_that_two_parsers_may_read_differently_hides_no_second_one(
    served: Served, headers: list[bytes]
) -> None:
    hidden = request("/hidden/", host=served.host)
    start = request("/nothing/", *headers, method="POST", host=served.host, closing=False)
    answer = exchange(served.site.port, start, b"0\r\n\r\n" + hidden)
    answers = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    # 404 would be the answer to the hidden one.
    assert set(answers) <= {400, 403, 413, 431}


def test_pipelined_requests_are_answered_in_their_order(served: Served) -> None:
    paths = ["/healthz", "/nothing/", "/readyz"]
    pieces = [request(path, host=served.host, closing=False) for path in paths]
    answer = exchange(served.site.port, *pieces)
    heads = [part.split(b" ", 1)[0] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert heads == [b"200", b"404", b"200"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../db.sqlite3",
        "/static/%2e%2e/db.sqlite3",
        "/static/..%2fdb.sqlite3",
        "/static/..%5cdb.sqlite3",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/css/../../secret_key",
        "/static/%00",
        "/static/\xff",
        "/static/" + "a" * 60_000,
    ],
    ids=lambda path: ascii(path[:40]),
)
def test_no_path_leads_out_of_the_static_files(served: Served, path: str) -> None:
    answer = exchange(served.site.port, request(path, host=served.host))
    assert status(answer) in (0, 400, 404, 414)
    assert b"SQLite format" not in answer


def test_a_static_file_has_its_headers(served: Served) -> None:
    css = next((served.site.directory / "static" / "css").glob("base.*.css"))
    answer = exchange(served.site.port, request(f"/static/css/{css.name}", host=served.host))
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert status(answer) == 200
    for part in (
        b"x-content-type-options: nosniff",
        b"frame-ancestors 'none'",
        b"referrer-policy: same-origin",
        b"max-age=315360000",
    ):
        assert part in head


def test_every_method_on_every_kind_of_address_leaves_the_server_alive(served: Served) -> None:
    for method in ("TRACE", "TRACK", "CONNECT", "PATCH", "DELETE", "OPTIONS", "X" * 300, "get"):
        for path in ("/", "/live/", "/static/x", "/healthz", "*", "http://evil.example/"):
            answer = exchange(
                served.site.port,
                request(path, method=method, host=served.host),
            )
            assert status(answer) != 500, (method, path)
    assert status(exchange(served.site.port, request("/healthz", host=served.host))) == 200


def test_after_all_this_the_log_has_no_traceback(served: Served) -> None:
    assert "Traceback" not in served.site.log
    assert "ERROR" not in served.site.log
