"""Numbers of the usage pages: money in its currency, shares, changes."""

from decimal import Decimal

from django import template

from chat.domain.figures import figure
from chat.models.price import MONEY

register = template.Library()
# Below these, rounded figures would say nothing at all.
SMALL, NOTICED = Decimal("0.00005"), Decimal("0.05")


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """ "CHF 1,234.50"; below one with four decimals: a call often costs less than a hundredth.

    What would be none of these is shown to its last digit: it is not zero.
    """
    if amount is None:
        return "\u2013"
    decimals = 2 if abs(amount) >= 1 or not amount else 4
    if amount and abs(amount) < SMALL:
        decimals = MONEY["decimal_places"]
    sign = "\u2212" if amount < 0 else ""
    return f"{currency}\u00a0{sign}{figure(abs(amount), decimals)}"


@register.filter
def share(part: int | None, whole: int | None) -> str:
    """ "12.5 %"; a dash where there is nothing to have a share of."""
    if part is None or not whole:
        return "\u2013"
    return f"{figure(Decimal(100 * part) / whole, 1)}\u00a0%"


@register.filter
def change(now: Decimal | int | None, before: Decimal | int | None) -> str:
    """ "+12.5 %" against before; empty where nothing was before."""
    if now is None or not before:
        return ""
    return signed_percent(100 * (Decimal(now) - before) / before)


@register.filter
def signed_percent(percent: Decimal) -> str:
    shown = figure(abs(percent), 1)
    sign = "±" if abs(percent) < NOTICED else "+" if percent > 0 else "\u2212"
    return f"{sign}{shown}\u00a0%"
