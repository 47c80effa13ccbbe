"""Numbers of the usage pages: money in its currency, shares, changes."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """ "CHF 1,234.50"; below one with four decimals: a call often costs less than a hundredth."""
    if amount is None:
        return "\u2013"
    decimals = 2 if abs(amount) >= 1 or not amount else 4
    shown = number_format(abs(amount), decimal_pos=decimals, force_grouping=True)
    sign = "\u2212" if amount < 0 else ""
    return f"{currency}\u00a0{sign}{shown}"


@register.filter
def share(part: int | None, whole: int | None) -> str:
    """ "12.5 %"; a dash where there is nothing to have a share of."""
    if part is None or not whole:
        return "\u2013"
    return f"{number_format(100 * part / whole, decimal_pos=1)}\u00a0%"


@register.filter
def change(now: Decimal | int | None, before: Decimal | int | None) -> str:
    """ "+12.5 %" against before; empty where nothing was before."""
    if now is None or not before:
        return ""
    return signed_percent(100 * (Decimal(now) - before) / before)


@register.filter
def signed_percent(percent: Decimal) -> str:
    sign = "+" if percent > 0 else "\u2212" if percent < 0 else "±"
    return f"{sign}{number_format(abs(percent), decimal_pos=1, force_grouping=True)}\u00a0%"
