"""CSV in which no cell becomes a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.exports import cell, csv_lines

DANGEROUS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "  =1",
    '"=1',
    "'=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "﹦1",
    "\u200b=1",
    "\ufeff=1",
    "\u00a0=1",
    "harmless\n=cmd|' /C calc'!A0",
    "harmless\r\n+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","x")',
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_it_puts_an_apostrophe_before_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["Alice", "a=b", "alice@example.org", "gpt-4", "1-2", "", " ", "…", "Zürich"]
)
def test_it_leaves_other_text_alone(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(("value", "written"), [(-5, -5), (0, 0), (1.5, 1.5), (None, "")])
def test_numbers_stay_numbers_and_none_is_empty(value: object, written: object) -> None:
    assert cell(value) == written


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_starts_as_a_formula_and_nothing_is_lost(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(["one", "two"], rows)).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["one", "two"]
    for row, cells in zip(rows, read[1:], strict=True):
        for value, written in zip(row, cells, strict=True):
            assert not written.lstrip().startswith(("=", "+", "-", "@"))
            assert written in {value, f"'{value}"}


def test_it_quotes_text_and_not_numbers() -> None:
    assert list(csv_lines(["name", "calls"], [["Alice", 3], ["=x", None]])) == [
        '\ufeff"name","calls"\r\n',
        '"Alice",3\r\n',
        '"\'=x",""\r\n',
    ]
