"""Tables as CSV, in which no cell can become a formula when a spreadsheet opens it."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

FORMULA_STARTS = "=+-@"
QUOTES = "\"'`"
# One line that begins with a letter or a digit: most texts are such, and looked at no further.
SAFE = re.compile("[A-Za-z0-9][ -~]*")

# Without it, Excel reads UTF-8 as the code page of the country.
BYTE_ORDER_MARK = "\ufeff"


Cell = str | int | float | Decimal


def csv_lines(header: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The file, line by line. Texts are quoted, numbers are not, None is an empty cell."""
    line = line_writer()
    yield BYTE_ORDER_MARK + line(cells(header))
    for row in rows:
        yield line(cells(row))


def line_writer() -> Callable[[list[Cell]], str]:
    """Not for several threads at once."""
    return csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow


def cells(row: Iterable[object]) -> list[Cell]:
    return [cell(value) for value in row]


class Plain(Decimal):
    """Written with all its digits: never as 1E-8."""

    def __str__(self) -> str:
        return format(self, "f")


def cell(value: object) -> Cell:
    """Numbers as they are; text that a spreadsheet might calculate gets a leading apostrophe."""
    if type(value) is str and SAFE.fullmatch(value):
        return value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return Plain(value)
    text = str(value)
    return f"'{text}" if _may_be_formula(text) else text


def _may_be_formula(text: str) -> bool:
    """Any line counts: a cell may be torn apart where quoting is not understood."""
    if text[:1] in {"\t", "\r", "\n", "\0"}:
        return True
    return any(_first_sign(line) in FORMULA_STARTS for line in text.splitlines() if line.strip())


def _first_sign(line: str) -> str:
    """The first character that a spreadsheet would look at, full-width forms made plain."""
    for character in unicodedata.normalize("NFKC", line):
        if character in QUOTES or unicodedata.category(character)[0] in "CZ":
            continue
        return character
    return " "


class _Echo:
    """A file for csv.writer that hands each line back instead of storing it."""

    def write(self, line: str) -> Any:
        return line
