"""JSON as the wire may hold it: NaN, deep nesting and lone surrogates are expected enemies."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class InvalidJSON(ValueError):
    """The text is not JSON, or nests too deeply to be read."""


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJSON(name)


# json.loads(parse_constant=…) would build a decoder per call, which costs as much as the parse.
_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


def parse(text: str) -> Any:
    try:
        return _decode(text)
    except (ValueError, RecursionError):
        raise InvalidJSON("not readable as JSON") from None


def storable(text: str) -> str:
    """The text without NUL and with lone surrogates replaced: databases refuse both."""
    if text.isascii() and "\x00" not in text:
        return text
    if _UNSTORABLE.search(text) is None:
        return text
    return (
        text.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )


def one_line(value: object, limit: int = 1000) -> str:
    """A printable line of anything a provider may have put in a message.

    The limit is far above what is shown, so that a key is never cut before it is masked.
    """
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    printable = "".join(mark if mark.isprintable() else " " for mark in text[: limit * 8])
    return " ".join(printable.split())[:limit]
