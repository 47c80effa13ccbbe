"""Spreadsheets: written while they are sent, and read back as any program would."""

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from chat.domain import workbooks
from chat.domain.exports import csv_lines

NAMES = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
PIECE = 64_000


def read(pieces: Iterator[bytes]) -> list[list[list[Any]]]:
    """Sheets, their rows, their cells: texts, and numbers as they are written."""
    book = ZipFile(BytesIO(b"".join(pieces)))
    assert book.testzip() is None
    sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iterfind("sheets/*", NAMES)
    paths = [f"xl/worksheets/{sheet.get('name', '').lower()}.xml" for sheet in sheets]
    return [_rows(book.read(path).decode()) for path in paths]


def _rows(sheet: str) -> list[list[Any]]:
    rows = ElementTree.fromstring(sheet).iterfind("sheetData/row", NAMES)
    return [[_value(one) for one in row] for row in rows]


def _value(one: ElementTree.Element) -> Any:
    text = one.find("is/t", NAMES)
    if text is not None:
        return text.text
    return Decimal(one.findtext("v", "", NAMES))


def test_cells_are_texts_and_numbers_and_nothing_is_calculated() -> None:
    rows = [["=1+1", 'a <b> & "c"', " x ", None, 3, 1.5, Decimal("0.00000001")]]
    assert read(workbooks.workbook(["what", "-2"], rows, PIECE)) == [
        [
            ["what", "'-2"],
            ["'=1+1", 'a <b> & "c"', " x ", 3, Decimal("1.5"), Decimal("0.00000001")],
            ["SHA-256 (CSV)", _sha256(["what", "-2"], rows)],
        ]
    ]


def _sha256(header: list[str], rows: list[list[Any]]) -> str:
    return hashlib.sha256("".join(csv_lines(header, rows)).encode()).hexdigest()


def test_signs_that_xml_cannot_hold_do_not_spoil_the_file() -> None:
    [[_header, row, _checksum]] = read(
        workbooks.workbook(["a"], [["bell\a", "_x0041_", "x" * 40_000]], PIECE)
    )
    assert row == ["bell_x0007_", "_x005F_x0041_", "x" * 32_767]


@pytest.mark.parametrize(("rows", "sheets"), [(0, [0]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_what_no_sheet_holds_goes_on_in_the_next(
    rows: int, sheets: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "ROWS_PER_SHEET", 3)
    found = read(workbooks.workbook(["n"], ([n] for n in range(rows)), PIECE))
    assert [sheet[0] for sheet in found] == [["n"]] * len(sheets)
    checksum = found[-1].pop()
    assert checksum == ["SHA-256 (CSV)", _sha256(["n"], [[n] for n in range(rows)])]
    assert [len(sheet) - 1 for sheet in found] == sheets
    assert [row for sheet in found for row in sheet[1:]] == [[n] for n in range(rows)]


def test_a_sheet_ends_before_its_file_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "BYTES_PER_SHEET", 1000)
    found = read(workbooks.workbook(["n"], ([n] for n in range(150)), PIECE))
    assert [len(sheet) for sheet in found] == [101, 52]


def test_the_first_bytes_come_before_any_row_is_read() -> None:
    def rows() -> Iterator[list[int]]:
        raise AssertionError("asked for")
        yield []

    begun = workbooks.workbook(["n"], rows(), PIECE)
    assert re.match(rb"PK.*Content_Types", next(begun), re.DOTALL)
    begun.close()  # type: ignore[attr-defined]


def test_a_file_that_is_not_taken_to_its_end_is_left_without_a_complaint() -> None:
    begun = workbooks.workbook(["n"], ([str(n) * 50] for n in range(5000)), 1000)
    assert [bool(next(begun)), bool(next(begun))] == [True, True]
    del begun
