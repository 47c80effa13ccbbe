"""Tables as spreadsheets, written row by row through files: memory stays flat."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter

from .exports import BYTE_ORDER_MARK, Cell, cell, cells, line_writer

# A sheet holds 1,048,576 rows.
ROWS_PER_SHEET = 1_000_000
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(
    header: Iterable[object], rows: Iterable[Iterable[object]], size: int
) -> Iterator[bytes]:
    """The file in pieces of `size` bytes; it is made when the first is asked for.

    The last row holds the SHA-256 of the same table as CSV: of a file that holds its own there is
    none.
    """
    with tempfile.TemporaryFile() as file:
        _write(file, list(header), rows)
        file.seek(0)
        while piece := file.read(size):
            yield piece


def _write(file: Any, header: list[object], rows: Iterable[Iterable[object]]) -> None:
    book = xlsxwriter.Workbook(file, OPTIONS)
    bold = book.add_format({"bold": True})
    digest = hashlib.sha256()
    place, sheet = 0, _sheet(book, header, bold)
    for row in _hashed(header, rows, digest):
        place += 1
        if place > ROWS_PER_SHEET:
            place, sheet = 1, _sheet(book, header, bold)
        for column, value in enumerate(row):
            _put(sheet, place, column, value)
    sheet.write_string(place + 1, 0, "SHA-256 (CSV)", bold)
    sheet.write_string(place + 1, 1, digest.hexdigest())
    book.close()


def _sheet(book: Any, header: list[object], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(header) - 1, 0), 18)
    for column, value in enumerate(header):
        sheet.write_string(0, column, str(cell(value)), bold)
    return sheet


def _put(sheet: Any, row: int, column: int, value: Cell) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, value[:32_767])
    else:
        sheet.write_number(row, column, float(value))


def _hashed(
    header: list[object], rows: Iterable[Iterable[object]], digest: Any
) -> Iterator[list[Cell]]:
    line = line_writer()
    digest.update((BYTE_ORDER_MARK + line(cells(header))).encode())
    for row in rows:
        made = cells(row)
        digest.update(line(made).encode())
        yield made
