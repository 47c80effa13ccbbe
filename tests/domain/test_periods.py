"""Spans of days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from chat.domain.periods import Period, Span
from chat.models import UsageRecord, User
from tests.ledger import record

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("span", "today", "first", "last"),
    [
        (Span.THIS_MONTH, date(2026, 3, 17), date(2026, 3, 1), date(2026, 3, 17)),
        (Span.TODAY, date(2026, 3, 29), date(2026, 3, 29), date(2026, 3, 29)),
        (Span.LAST_MONTH, date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        (Span.LAST_MONTH, date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        (Span.DAYS_7, date(2026, 3, 3), date(2026, 2, 25), date(2026, 3, 3)),
        (Span.DAYS_30, date(2026, 3, 30), date(2026, 3, 1), date(2026, 3, 30)),
        (Span.THIS_YEAR, date(2026, 3, 17), date(2026, 1, 1), date(2026, 3, 17)),
        (Span.CUSTOM, date(2026, 3, 17), date(2026, 3, 1), date(2026, 3, 17)),
    ],
)
def test_a_span_is_seen_from_today(span: str, today: date, first: date, last: date) -> None:
    assert Period.of(span, today) == Period(first, last)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 3, 1), date(2026, 3, 31), Period(date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 1, 1), date(2026, 3, 31), Period(date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 3, 1), date(2026, 3, 17), Period(date(2026, 2, 12), date(2026, 2, 28))),
        (date(2026, 3, 29), date(2026, 3, 29), Period(date(2026, 3, 28), date(2026, 3, 28))),
        (None, date(2026, 3, 29), None),
    ],
)
def test_the_range_before_is_as_long(
    first: date | None, last: date, expected: Period | None
) -> None:
    assert Period(first, last).previous == expected


def test_it_takes_whole_days_also_when_the_clock_changes(alice: User) -> None:
    """On 29 March 2026 the day has 23 hours in Zurich."""
    inside = [
        record(alice, datetime(2026, 3, 29, 0, 0, tzinfo=ZURICH)),
        record(alice, datetime(2026, 3, 29, 23, 59, 59, tzinfo=ZURICH)),
    ]
    record(alice, datetime(2026, 3, 28, 23, 59, 59, tzinfo=ZURICH))
    record(alice, datetime(2026, 3, 30, 0, 0, tzinfo=ZURICH))
    day = Period(date(2026, 3, 29), date(2026, 3, 29))
    assert list(UsageRecord.objects.filter(day.contains("created_at")).order_by("id")) == inside


def test_an_open_period_holds_everything(alice: User) -> None:
    record(alice)
    assert UsageRecord.objects.filter(Period().contains("created_at")).count() == 1
    last = Period(last=date.max)
    assert UsageRecord.objects.filter(last.contains("created_at")).count() == 1
