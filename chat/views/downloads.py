"""Files that go out in pieces, whichever kind of server asks for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from chat import database

# Nothing in a downloaded file can run as a page of this site.
SANDBOX = "default-src 'none'; sandbox"


def download(
    request: HttpRequest, pieces: Iterator[bytes], name: str, content_type: str
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_body(request, pieces), content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _body(request: HttpRequest, pieces: Iterator[bytes]) -> Iterator[bytes] | AsyncIterator[bytes]:
    return database.in_threads(pieces) if isinstance(request, ASGIRequest) else pieces
