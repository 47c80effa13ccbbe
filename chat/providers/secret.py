"""An access key that cannot be printed by accident."""

from __future__ import annotations

import re
from typing import NoReturn

_ALLOWED = re.compile(r"[\x21-\x7e]{8,512}", re.ASCII)


class InvalidSecret(ValueError):
    """The text cannot be an access key. The message never repeats it."""


class Secret:
    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        stripped = value.strip()
        if not _ALLOWED.fullmatch(stripped):
            raise InvalidSecret(
                "An access key has 8 to 512 printable ASCII characters and no spaces."
            )
        self._value = stripped

    def reveal(self) -> str:
        return self._value

    def hide_in(self, text: str) -> str:
        """The text with every occurrence of the key replaced."""
        return text.replace(self._value, "•••")

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not pickled.")
