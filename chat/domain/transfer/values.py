"""Foreign JSON, looked into with care: what has a wrong type is told with its place."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from chat.protocol import SAFE_INTEGERS, clean_text

from .words import BadFile, misplaced

# Before that, and after, some databases and some time zones have no dates.
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class Fields:
    """An object of the file, with the way to it. Every method raises BadFile."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise misplaced(place, _("There should be an object in braces."))
        self.place = place
        self._value: dict[str, Any] = value

    def text(self, name: str, default: str | None = None, most: int | None = None) -> str:
        """Without what no database takes."""
        value = self._value.get(name, default)
        if not isinstance(value, str):
            raise self.bad(name, _("There should be text."))
        value = clean_text(value)
        if most is not None and len(value) > most:
            raise self.bad(name, _("The text is longer than {most} characters.").format(most=most))
        return value

    def one_of(self, name: str, known: object, default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in list(known):  # type: ignore[call-overload]
            raise self.bad(name, _("“{value}” means nothing here.").format(value=value[:40]))
        return value

    def number(self, name: str, least: int = 0, most: int = 2**31 - 1) -> int:
        value = self.number_or_none(name, least, most)
        if value is None:
            raise self.bad(name, _("There should be a whole number."))
        return value

    def number_or_none(self, name: str, least: int = 0, most: int = 2**31 - 1) -> int | None:
        value = self._value.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.bad(name, _("There should be a whole number."))
        return value

    def seconds(self, name: str) -> float | None:
        value = self._value.get(name)
        if value is None:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not abs(value) < SAFE_INTEGERS or not math.isfinite(value):
            raise self.bad(name, _("There should be a number."))
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._value.get(name, default)
        if not isinstance(value, bool):
            raise self.bad(name, _("There should be true or false."))
        return value

    def moment(self, name: str) -> datetime:
        found = self.moment_or_none(name)
        if found is None:
            raise self.bad(name, _("There should be a time."))
        return found

    def moment_or_none(self, name: str) -> datetime | None:
        value = self._value.get(name)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise self.bad(name, _("There should be a time.")) from None
        if not FIRST <= found <= LAST:
            raise self.bad(name, _("There should be a time."))
        return found

    def parameters(self, name: str) -> dict[str, Any]:
        value = self._value.get(name, {})
        if (
            not isinstance(value, dict)
            or len(value) > 50
            or not all(map(_is_plain, value.values()))
        ):
            raise self.bad(name, _("There should be names and plain values."))
        return {clean_text(key): _cleaned(item) for key, item in value.items()}

    def objects(self, name: str) -> Iterator["Fields"]:
        value = self._value.get(name, [])
        if not isinstance(value, list):
            raise self.bad(name, _("There should be a list."))
        for number, item in enumerate(value, 1):
            yield Fields(item, f"{self.place}{name}, {number}, ")

    def raw(self, name: str) -> Any:
        return self._value.get(name)

    def bad(self, name: str, what: str) -> BadFile:
        return misplaced(self.place + name, what)


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= 50 and all(isinstance(item, str) for item in value)
    if isinstance(value, int):
        return abs(value) < SAFE_INTEGERS
    return isinstance(value, str | None) or (isinstance(value, float) and math.isfinite(value))


def _cleaned(value: Any) -> Any:
    if isinstance(value, list):
        return [clean_text(item) for item in value]
    return clean_text(value) if isinstance(value, str) else value


def moment_of(value: Any) -> datetime | None:
    """A number of seconds or milliseconds since 1970, as foreign exports have it, or None."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        seconds = value / 1000 if abs(value) > 1e11 else value
        found = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return found if FIRST <= found <= LAST else None
