"""What a spreadsheet file is made of: a zip of small XML files around one for each sheet."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from .exports import Cell

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Excel takes no more in one cell.
LONGEST_TEXT = 32_767

# The first file of all. It can say what sheets are before anybody knows how many there will be.
CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
    "</Types>"
)
# Style 1 is bold.
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
SHEET_END = "</sheetData></worksheet>"


def beginning() -> dict[str, str]:
    """Files before the sheets, by name."""
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/styles.xml": STYLES,
    }


def ending(sheets: int) -> dict[str, str]:
    """Files after the sheets, by name: only now their number is known."""
    listed = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1)
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)]
    return {
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations([*targets, ("styles", "styles.xml")]),
    }


def _relations(targets: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def sheet_begin(columns: int) -> str:
    """Up to the first row, which stays in sight."""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews>"
        f'<cols><col min="1" max="{max(columns, 1)}" width="18" customWidth="1"/></cols>'
        "<sheetData>"
    )


def row(number: int, values: Iterable[Cell], style: str = "") -> str:
    """`number` counts from 1; empty texts are left out."""
    made = [f'<row r="{number}">']
    for place, value in enumerate(values):
        if not isinstance(value, str):
            made.append(f'<c r="{column(place)}{number}"{style}><v>{_number(value)}</v></c>')
        elif value:
            made.append(f'<c r="{column(place)}{number}"{style} t="inlineStr">{text(value)}</c>')
    made.append("</row>")
    return "".join(made)


def _number(value: float | Decimal) -> float:
    """Without zeros at its end. Programs calculate with fifteen digits in any case."""
    return float(value) if isinstance(value, Decimal) else value


def bold(number: int, values: Iterable[Cell]) -> str:
    return row(number, values, ' s="1"')


@lru_cache(512)
def column(place: int) -> str:
    """0 is A, 25 Z, 26 AA."""
    return (column(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


# Names of people and models come back in every other row.
@lru_cache(8192)
def text(value: str) -> str:
    """Signs that XML cannot hold, and what looks like one of them, are written as _xHHHH_."""
    value = _LOOKALIKE.sub("_x005F_", value[:LONGEST_TEXT])
    value = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<is><t xml:space="preserve">{value}</t></is>'


_LOOKALIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
