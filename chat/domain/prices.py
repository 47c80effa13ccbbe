"""What a call costs, by the price that is valid on its day."""

from datetime import date
from decimal import Decimal

from chat.models import Price
from chat.providers import Usage

MILLION = 1_000_000
SMALLEST = Decimal("0.00000001")


def price_at(language_model_id: int | None, day: date) -> Price | None:
    """None: no price was entered for that day. One query."""
    if language_model_id is None:
        return None
    rows = Price.objects.filter(language_model=language_model_id, valid_from__lte=day)
    return rows.order_by("-valid_from").first()


def cost_of(price: Price | None, usage: Usage) -> Decimal | None:
    """In the price's currency; None where price or tokens are unknown, which is not zero.

    Cached prompt tokens are part of the prompt tokens. So are reasoning tokens of the completion
    tokens, unless the total says that they come on top: some providers count so.
    """
    if price is None or usage.prompt is None or usage.completion is None:
        return None
    cached = min(usage.cached or 0, usage.prompt) if price.cached is not None else 0
    written = usage.completion + _on_top(usage.prompt + usage.completion, usage)
    cost = (usage.prompt - cached) * price.prompt + written * price.completion
    if price.cached is not None:
        cost += cached * price.cached
    return (cost / MILLION).quantize(SMALLEST)


def _on_top(known: int, usage: Usage) -> int:
    reasoning = usage.reasoning or 0
    return reasoning if usage.total == known + reasoning else 0
