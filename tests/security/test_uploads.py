"""Large bodies get through the server's front door with a ticket only, and to one address only."""

import json

import pytest

from tests.security.conftest import Served
from tests.security.wire import exchange, request, status

MEGABYTE = 1_000_000


@pytest.fixture
def ticket(served: Served) -> bytes:
    answer = exchange(
        served.site.port, request("/attachments/ticket/", served.cookie, host=served.host)
    )
    assert status(answer) == 200
    return answer.rpartition(b"\r\n\r\n")[2]


def sent(served: Served, ticket: bytes, size: int, path: str = "/attachments/?name=a.txt") -> int:
    head = request(
        path,
        served.cookie,
        b"Content-Type: application/octet-stream",
        b"X-Upload-Ticket: " + ticket,
        b"Content-Length: %d" % size,
        method="POST",
        host=served.host,
    )
    return status(exchange(served.site.port, head, *[b"x" * MEGABYTE] * (size // MEGABYTE)))


def test_with_a_ticket_a_large_file_comes_to_the_check_of_the_form(
    served: Served, ticket: bytes
) -> None:
    """The token against forgery is missing here, and that is what is refused."""
    assert sent(served, ticket, 9 * MEGABYTE) == 403


def test_nothing_else_that_is_large_comes_in(served: Served, ticket: bytes) -> None:
    large = 4 * MEGABYTE
    assert {
        "no ticket": sent(served, b"", large),
        "a forged one": sent(served, ticket[:-2] + b"xx", large),
        "another page": sent(served, ticket, large, "/prompts/new/"),
        "an address that only begins so": sent(served, ticket, large, "/attachments/ticket/"),
        "more than files may have": sent(served, ticket, 11 * MEGABYTE),
    } == {
        "no ticket": 413,
        "a forged one": 413,
        "another page": 413,
        "an address that only begins so": 413,
        "more than files may have": 413,
    }


def test_who_is_not_signed_in_gets_no_ticket(served: Served) -> None:
    answer = exchange(served.site.port, request("/attachments/ticket/", host=served.host))
    assert status(answer) == 302


def test_a_file_with_its_token_is_read(served: Served, ticket: bytes) -> None:
    page = exchange(served.site.port, request("/", served.cookie, host=served.host)).decode()
    cookie = page.partition("csrftoken=")[2].partition(";")[0].encode()
    token = page.partition('data-csrf="')[2].partition('"')[0].encode()
    body = b"Only a few words. " * 200_000
    head = request(
        "/attachments/?name=long.exe",
        served.cookie + b"; csrftoken=" + cookie,
        b"X-CSRFToken: " + token,
        b"X-Upload-Ticket: " + ticket,
        b"Content-Type: application/octet-stream",
        b"Content-Length: %d" % len(body),
        method="POST",
        host=served.host,
    )
    answer = exchange(served.site.port, head, body)
    assert status(answer) == 400
    words = json.loads(answer.rpartition(b"\r\n\r\n")[2])["words"]
    assert words.startswith("“long.exe” cannot be read.")
