"""The settings an adapter declares, with their ranges, and what to make of values for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from chat.providers.values import JSONValue

Kind = Literal["number", "integer", "boolean", "choice"]


class InvalidParameter(ValueError):
    """The value is of no use for the parameter, not even clamped."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A `default` of None leaves the parameter to the provider.

    `usual` is what the provider then takes, where it says so.
    """

    name: str
    kind: Kind
    label: str | Promise
    help: str | Promise = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    default: JSONValue = None
    usual: JSONValue = None
    choices: tuple[str, ...] = ()
    advanced: bool = False
    privacy: bool = False

    def clean(self, value: JSONValue) -> JSONValue:
        """The value, clamped into the range; None means the provider's default."""
        if value is None:
            return None
        if self.kind == "boolean":
            return self._one_of(value, isinstance(value, bool))
        if self.kind == "choice":
            return self._one_of(value, value in self.choices)
        return self._number(value)

    def _one_of(self, value: JSONValue, fits: bool) -> JSONValue:
        if not fits:
            raise InvalidParameter(f"{self.name} cannot have this value.")
        return value

    def _number(self, value: JSONValue) -> JSONValue:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidParameter(f"{self.name} must be a number.")
        if not math.isfinite(value):
            raise InvalidParameter(f"{self.name} must be a finite number.")
        if self.minimum is not None:
            value = max(value, self.minimum)
        if self.maximum is not None:
            value = min(value, self.maximum)
        if self.kind == "number":
            return value
        if value != int(value):
            raise InvalidParameter(f"{self.name} must be a whole number.")
        return int(value)


def clean_parameters(
    declared: tuple[Parameter, ...], given: Mapping[str, JSONValue]
) -> dict[str, JSONValue]:
    """A value for every declared parameter: given, else the default. Others are left out."""
    return {
        parameter.name: parameter.clean(given.get(parameter.name, parameter.default))
        for parameter in declared
    }
