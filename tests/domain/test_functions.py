"""The built-in functions, as a model calls them."""

import re

import pytest

from chat.domain.functions import FunctionFailed, run
from chat.models.tool import Function


def test_it_tells_the_time_in_a_time_zone() -> None:
    told = run(Function.CURRENT_DATETIME, {"time_zone": "Asia/Tokyo"})
    assert re.fullmatch(r"[A-Z][a-z]+day, \d{4}-\d\d-\d\dT[\d:]{8}\+09:00 \(Asia/Tokyo\)", told)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd", "\x00", " "])
def test_an_unknown_time_zone_is_told_to_the_model(name: str) -> None:
    with pytest.raises(FunctionFailed, match="no such time zone"):
        run(Function.CURRENT_DATETIME, {"time_zone": name})


def test_the_calculators_complaints_are_told_to_the_model() -> None:
    with pytest.raises(FunctionFailed, match="Division by zero"):
        run(Function.CALCULATOR, {"expression": "1 / 0"})
