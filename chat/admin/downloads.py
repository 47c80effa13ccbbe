"""Files that are made while they are sent: memory stays flat, whatever their length."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from chat import database
from chat.domain.exports import csv_lines
from chat.domain.workbooks import workbook

# Lines go out in pieces: each piece is a message of its own to the server.
PIECE = 64_000
PAGE = 2000


def newest_first(rows: QuerySet[Any]) -> Iterator[Any]:
    """Rows of a table in pages, the newest first, so that no cursor stays open between pieces.

    Each piece of a download may be made in another thread.
    """
    rows = rows.order_by("-id")
    page = list(rows[:PAGE])
    while page:
        yield from page
        page = list(rows.filter(id__lt=page[-1].id)[:PAGE])


def newest_values(rows: QuerySet[Any], names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The same as plain values, of which the first is the id: a million objects take long."""
    rows = rows.order_by("-id")
    page = list(rows.values_list(*names)[:PAGE])
    while page:
        yield from page
        page = list(rows.filter(id__lt=page[-1][0]).values_list(*names)[:PAGE])


def download(
    request: HttpRequest, kind: str, header: Iterable[object], rows: Iterator[Any], name: str
) -> StreamingHttpResponse:
    """`kind` is csv or xlsx; `name` has no ending. Texts cannot become formulas in either."""
    if kind == "csv":
        return csv_download(request, csv_lines(header, rows), f"{name}.csv")
    response = StreamingHttpResponse(
        _body(request, workbook(header, rows, PIECE)),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def csv_download(request: HttpRequest, lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """With a last line that holds the SHA-256 of all bytes before it."""
    response = StreamingHttpResponse(
        _body(request, _pieces(_with_checksum(lines))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _with_checksum(lines: Iterator[str]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for line in lines:
        data = line.encode()
        digest.update(data)
        yield data
    yield f'"SHA-256","{digest.hexdigest()}"\r\n'.encode()


def _pieces(parts: Iterator[bytes]) -> Iterator[bytes]:
    piece = bytearray()
    for part in parts:
        piece += part
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _body(request: HttpRequest, pieces: Iterator[bytes]) -> Iterator[bytes] | AsyncIterator[bytes]:
    """Either kind of server wants its own kind of iterator, and buffers everything otherwise."""
    return database.in_threads(pieces) if isinstance(request, ASGIRequest) else pieces
