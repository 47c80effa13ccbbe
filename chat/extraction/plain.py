"""Plain text in whatever encoding it was saved."""

import codecs
import re

from .kinds import OLE, PDF, ZIP
from .results import Extracted, Problem, Unreadable

# The longer marks first: that of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
# Of this many characters one may be such a control character: forms feed, escapes of terminals.
ODD_ONE_OF = 200


def read(data: bytes) -> Extracted:
    if data.startswith((PDF, ZIP, OLE)):
        raise Unreadable(Problem.BINARY)
    text = _decoded(data)
    if len(CONTROLS.findall(text)) * ODD_ONE_OF > len(text):
        raise Unreadable(Problem.BINARY)
    return Extracted(text)


def _decoded(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if wide := _wide(data):
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Every byte means something there; old Windows programs still write it.
        return data.decode("cp1252", "replace")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every other byte is zero."""
    sample = data[:4000]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    return None
