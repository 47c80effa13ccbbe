"""What a call costs by its tokens."""

from decimal import Decimal

import pytest

from chat.domain.prices import cost_of
from chat.models import Price
from chat.providers import Usage

PRICE = Price(currency="CHF", prompt=Decimal(1), completion=Decimal(10), cached=Decimal("0.5"))


@pytest.mark.parametrize(
    ("usage", "millionths"),
    [
        (Usage(100, 20, 120), "300"),
        (Usage(100, 20, 120, cached=40), "280"),
        (Usage(100, 20, 120, reasoning=15), "300"),
        # Thoughts that are counted on top are billed like what is written.
        (Usage(100, 20, 135, reasoning=15), "450"),
        # What else a total may hold, nobody knows.
        (Usage(100, 20, 140, reasoning=15), "300"),
        (Usage(100, 20), "300"),
    ],
)
def test_it_is_what_the_tokens_cost(usage: Usage, millionths: str) -> None:
    assert cost_of(PRICE, usage) == Decimal(millionths) / 1_000_000


@pytest.mark.parametrize("usage", [Usage(None, 20), Usage(100, None)])
def test_unknown_tokens_have_no_known_cost(usage: Usage) -> None:
    assert cost_of(PRICE, usage) is None
    assert cost_of(None, Usage(1, 1, 2)) is None
