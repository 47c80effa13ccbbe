"""Tables as spreadsheets, made while they are sent: flat memory, and the first byte at once."""

import hashlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZipFile

from . import workbook_parts as parts
from .exports import BYTE_ORDER_MARK, Cell, cell, cells, line_writer

# A sheet holds 1,048,576 rows, and a file within a zip two gigabytes before old programs stumble.
ROWS_PER_SHEET = 1_000_000
BYTES_PER_SHEET = 1_800_000_000
# Rows that are written at once.
BATCH = 100
# Half the time of the usual level, for a file that is a quarter larger.
LEVEL = 1

Row = list[Cell]


class _Outbox(bytearray):
    """What the zip has written so far and nobody has taken; it cannot go back in it."""

    def write(self, data: bytes) -> int:
        self.extend(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def take(self) -> bytes:
        taken = bytes(self)
        self.clear()
        return taken


def workbook(
    header: Iterable[object], rows: Iterable[Iterable[object]], size: int
) -> Iterator[bytes]:
    """The file in pieces of about `size` bytes; the first, small one before any row is read.

    The last row holds the SHA-256 of the same table as CSV: of a file that holds its own there is
    none.
    """
    outbox = _Outbox()
    with ZipFile(cast("IO[bytes]", outbox), "w", ZIP_DEFLATED, compresslevel=LEVEL) as book:
        _add(book, parts.beginning())
        yield outbox.take()
        with closing(_sheets(book, list(header), rows)) as steps:
            for _step in steps:
                if len(outbox) >= size:
                    yield outbox.take()
    yield outbox.take()


def _add(book: ZipFile, files: dict[str, str]) -> None:
    for name, text in files.items():
        with book.open(name, "w") as file:
            file.write(text.encode())


def _sheets(
    book: ZipFile, header: list[object], rows: Iterable[Iterable[object]]
) -> Generator[None, None, None]:
    digest = hashlib.sha256()
    waiting = _hashed(header, rows, digest)
    first, number = next(waiting, None), 0
    while first is not None or number == 0:
        number += 1
        here = chain([] if first is None else [first], waiting)
        first = yield from _sheet(book, number, header, here, digest)
    _add(book, parts.ending(number))


def _sheet(
    book: ZipFile, number: int, header: list[object], rows: Iterator[Row], digest: Any
) -> Generator[None, None, Row | None]:
    """Returns the first row of the next sheet; where there is none, this one gets the checksum."""
    names = [str(cell(name)) for name in header]
    with book.open(f"xl/worksheets/sheet{number}.xml", "w") as file:
        size = file.write((parts.sheet_begin(len(names)) + parts.bold(1, names)).encode())
        place = 1
        while size < BYTES_PER_SHEET and place <= ROWS_PER_SHEET:
            most = min(BATCH, ROWS_PER_SHEET + 1 - place)
            batch = [parts.row(place + n, row) for n, row in enumerate(islice(rows, most), 1)]
            if not batch:
                break
            place += len(batch)
            size += file.write("".join(batch).encode())
            yield
        following = next(rows, None)
        if following is None:
            checksum = parts.bold(place + 2, ["SHA-256 (CSV)", digest.hexdigest()])
            file.write(checksum.encode())
        file.write(parts.SHEET_END.encode())
    return following


def _hashed(header: list[object], rows: Iterable[Iterable[object]], digest: Any) -> Iterator[Row]:
    line = line_writer()
    digest.update((BYTE_ORDER_MARK + line(cells(header))).encode())
    for row in rows:
        made = cells(row)
        digest.update(line(made).encode())
        yield made
