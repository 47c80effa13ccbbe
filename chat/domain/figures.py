"""Figures as a reader of the language writes them."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format


def figure(number: Decimal | float, places: int = 0) -> str:
    """Rounded as people do it, grouped in thousands: Django would cut the other digits off."""
    rounded = Decimal(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return str(number_format(rounded, decimal_pos=places, force_grouping=True))
