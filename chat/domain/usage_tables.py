"""Which of the sums of the ledger a range is read from, so that few rows are read."""

from datetime import date, timedelta

from django.db.models import Q

from chat.models import UsageDay, UsageMonth, UsageTotal
from chat.models.usage_day import UsageSum

from .periods import Period, month_after


def tables(period: Period, *, personal: bool, fine: bool) -> list[tuple[type[UsageSum], Q]]:
    """The smallest tables that know enough, each with the days to read from it.

    `personal`: it matters who called. `fine`: single days matter; else whole months are read from
    the sums by month.
    """
    first, last = period.first, period.last
    if not personal:
        return [(UsageTotal, _between(first, last))]
    months = _whole_months(period)
    if fine or months is None:
        return [(UsageDay, _between(first, last))]
    begin, end = months
    edges = [
        _between(first, begin - timedelta(days=1)) if first and begin and first < begin else None,
        _between(end, last) if last and end and end <= last else None,
    ]
    days = [edge for edge in edges if edge is not None]
    before_end = Q(day__lt=end) if end else Q()
    whole = (Q(day__gte=begin) if begin else Q()) & before_end
    if not days:
        return [(UsageMonth, whole)]
    around = days[0] | days[1] if len(days) == 2 else days[0]
    return [(UsageMonth, whole), (UsageDay, around)]


def _whole_months(period: Period) -> tuple[date | None, date | None] | None:
    """The first day of the first whole month, and the day after the last; None: there is none."""
    begin, end = period.first, None
    if begin and begin.day > 1:
        begin = month_after(begin)
    if period.last:
        end = (period.last + timedelta(days=1)).replace(day=1)
    return None if begin and end and begin >= end else (begin, end)


def _between(first: date | None, last: date | None) -> Q:
    return (Q(day__gte=first) if first else Q()) & (Q(day__lte=last) if last else Q())
