"""Values brought into range, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers import InvalidParameter, Parameter
from chat.providers.parameters import clean_parameters

WARMTH = Parameter("warmth", "number", "Warmth", minimum=0, maximum=1, default=0.5)
LENGTH = Parameter("length", "integer", "Length", minimum=1)
FLAG = Parameter("flag", "boolean", "Flag")
TONE = Parameter("tone", "choice", "Tone", choices=("dry", "warm"))


@pytest.mark.parametrize(
    ("parameter", "value", "clean"),
    [
        (WARMTH, 2, 1),
        (WARMTH, -1, 0),
        (WARMTH, 0.3, 0.3),
        (WARMTH, None, None),
        (LENGTH, 5.0, 5),
        (LENGTH, 0, 1),
        (FLAG, False, False),
        (TONE, "dry", "dry"),
    ],
)
def test_values_are_brought_into_range(parameter: Parameter, value: Any, clean: Any) -> None:
    assert parameter.clean(value) == clean


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (WARMTH, "1"),
        (WARMTH, True),
        (WARMTH, float("nan")),
        (WARMTH, float("-inf")),
        (LENGTH, 1.5),
        (FLAG, 1),
        (FLAG, "true"),
        (TONE, "loud"),
        (TONE, []),
    ],
)
def test_values_of_no_use_are_refused(parameter: Parameter, value: Any) -> None:
    with pytest.raises(InvalidParameter):
        parameter.clean(value)


def test_what_is_not_given_gets_its_default_and_what_is_not_declared_is_dropped() -> None:
    assert clean_parameters((WARMTH, LENGTH), {"length": 3, "other": 1}) == {
        "warmth": 0.5,
        "length": 3,
    }
