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
    TODAY = "today", _("Today")
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
        if span == Span.TODAY:
            return cls(today, today)
        if span == Span.LAST_MONTH:
            last = month - timedelta(days=1)
            return cls(last.replace(day=1), last)
        if span in {Span.DAYS_7, Span.DAYS_30}:
            days = 7 if span == Span.DAYS_7 else 30
            return cls(today - timedelta(days=days - 1), today)
        return cls(month.replace(month=1) if span == Span.THIS_YEAR else month, today)

    @classmethod
    def month(cls, day: date) -> Self:
        """The whole month that the day is in."""
        first = day.replace(day=1)
        return cls(first, month_after(first) - timedelta(days=1))

    @property
    def days(self) -> int | None:
        """How many; None: it is open."""
        return (self.last - self.first).days + 1 if self.first and self.last else None

    @property
    def previous(self) -> "Period | None":
        """What comes right before and is as long; before whole months, as many whole months."""
        if not self.first or not self.last or self.first.year <= EARLIEST:
            return None
        last = self.first - timedelta(days=1)
        after = self.last + timedelta(days=1)
        if self.first.day == after.day == 1:
            months = (after.year - self.first.year) * 12 + after.month - self.first.month
            return Period(month_before(self.first, months), last)
        days = (self.last - self.first).days
        return Period(date.fromordinal(max(last.toordinal() - days, 1)), last)

    def within_reason(self) -> "Period":
        """Ends that no calendar of ours reaches are open ones."""
        first = self.first if self.first and self.first.year >= EARLIEST else None
        last = self.last if self.last and self.last.year < date.max.year else None
        return Period(first, last)

    def contains(self, field: str) -> Q:
        """A condition on a DateTimeField. Whole days, also on the two days the clock changes."""
        condition = Q()
        if self.first and self.first.year >= EARLIEST:
            condition &= Q(**{f"{field}__gte": midnight(self.first)})
        if self.last and self.last.year < date.max.year:
            condition &= Q(**{f"{field}__lt": midnight(self.last + timedelta(days=1))})
        return condition


def midnight(day: date) -> datetime:
    """The moment at which the day begins in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_before(day: date, months: int = 1) -> date:
    """The first day of the month that many months earlier."""
    number = day.year * 12 + day.month - 1 - months
    return date(max(number // 12, 1), number % 12 + 1, 1)
