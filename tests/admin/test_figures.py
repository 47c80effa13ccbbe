"""Figures as people read and write them."""

from decimal import Decimal

import pytest

from chat.admin.figures import TrimmedDecimalField, trimmed


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0", "0.00"),
        ("1.50000000", "1.50"),
        ("0.01230000", "0.0123"),
        ("-0.25", "\u22120.25"),
        ("1234567", "1,234,567.00"),
        ("1E+3", "1,000.00"),
    ],
)
def test_zeros_at_the_end_are_left_out(number: str, words: str) -> None:
    assert trimmed(Decimal(number)) == words


def test_a_form_shows_what_somebody_would_type() -> None:
    shown = TrimmedDecimalField().prepare_value
    assert [shown(Decimal("100000.00000000")), shown(Decimal("1.50")), shown("x"), shown(None)] == [
        "100000",
        "1.5",
        "x",
        None,
    ]
