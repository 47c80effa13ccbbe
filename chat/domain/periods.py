"""Spans of days that people ask about: this month, the last 30 days, from one day to another."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Earlier days are no days of ours, and the first ones there are cannot be moved between zones.
EARLIEST = 1970


class Span(TextChoices):
    THIS_MONTH = "this-month", _("This month")
    LAST_MONTH = "last-month", _("Last month")
    DAYS_7 = "7-days", _("Last 7 days")
    DAYS_30 = "30-days", _("Last 30 days")
    THIS_YEAR = "this-year", _("This year")
    CUSTOM = "custom", _("Other dates")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in the site's time zone, both ends included; None is open."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, span: str, today: date | None = None) -> Self:
        """The period of a span other than CUSTOM, seen from today."""
        today = today or timezone.localdate()
        month = today.replace(day=1)
        if span == Span.LAST_MONTH:
            last = month - timedelta(days=1)
            return cls(last.replace(day=1), last)
        if span in {Span.DAYS_7, Span.DAYS_30}:
            days = 7 if span == Span.DAYS_7 else 30
            return cls(today - timedelta(days=days - 1), today)
        return cls(month.replace(month=1) if span == Span.THIS_YEAR else month, today)

    def contains(self, field: str) -> Q:
        """A condition on a DateTimeField. Whole days, also on the two days the clock changes."""
        condition = Q()
        if self.first and self.first.year >= EARLIEST:
            condition &= Q(**{f"{field}__gte": _midnight(self.first)})
        if self.last and self.last.year < date.max.year:
            condition &= Q(**{f"{field}__lt": _midnight(self.last + timedelta(days=1))})
        return condition


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
