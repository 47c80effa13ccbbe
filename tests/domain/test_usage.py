"""Sums over the ledger, by any dimension, and the lines of a view."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.test import override_settings

from chat.domain import ledger, usage, usage_checks, usage_days
from chat.domain.periods import Period
from chat.domain.usage_people import People, Person
from chat.domain.usage_sums import Sums, Where, sums, total
from chat.models import UsageDay, UsageMonth, UsageTotal, User
from chat.models.usage_day import SUMS
from tests.ledger import record

ALWAYS = Period()
EVERYTHING = Where()
MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
APRIL = datetime(2026, 4, 10, 12, tzinfo=UTC)
TABLES = (UsageDay, UsageMonth, UsageTotal)


def per_user(period: Period = ALWAYS) -> dict[int, Sums]:
    return {key[0]: one for key, one in sums(period, EVERYTHING, ["user"]).items()}


def names(sort: str = "-total") -> list[str]:
    found = sums(ALWAYS, EVERYTHING, ["user"])
    named = People.read().named(key[0] for key in found)
    lines = usage.lines(found, lambda _level, value: named[value].label, sort)
    return [named[line.key[0]].label for line in lines]


def test_it_adds_up_each_persons_calls(alice: User, bob: User) -> None:
    record(alice, MARCH)
    record(alice, APRIL, source="estimated", prompt_tokens=1, completion_tokens=2, total_tokens=3)
    record(bob, MARCH)
    assert per_user()[alice.id] == Sums(2, 1, 1, 11, 7, 18, last=APRIL)
    assert per_user()[alice.id].unreported == 1
    assert names() == ["Alice Adler", "Bob Brunner"]


def test_it_keeps_to_the_period(alice: User, bob: User) -> None:
    record(alice, MARCH)
    record(bob, APRIL)
    assert list(per_user(Period(date(2026, 3, 1), date(2026, 3, 31)))) == [alice.id]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 1, 15), date(2026, 5, 15)),
        (date(2026, 3, 10), date(2026, 3, 10)),
        (date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 3, 1), date(2026, 4, 1)),
        (None, date(2026, 4, 9)),
        (date(2026, 3, 11), None),
        (None, None),
    ],
)
def test_whole_months_and_the_days_around_them_are_each_counted_once(
    alice: User, first: date | None, last: date | None
) -> None:
    for month in range(1, 13):
        for day in (1, 10, 28):
            record(alice, datetime(2026, month, day, 12, tzinfo=UTC))
    period = Period(first, last)
    rows = alice.usage_records.filter(period.contains("created_at"))
    expected = rows.aggregate(total=Sum("total_tokens"))["total"]
    assert total(period, EVERYTHING).total == expected
    by_day = sums(period, EVERYTHING, ["day"])
    assert usage.in_all(by_day).total == expected


@pytest.mark.parametrize(
    "groups",
    [["user"], ["team"], ["model"], ["day"], ["month", "model"], ["team", "user", "model"]],
)
def test_sums_are_the_same_from_whichever_table_and_however_many_are_read_at_once(
    alice: User, bob: User, groups: list[str]
) -> None:
    for day in (10, 20):
        record(alice, datetime(2026, 3, day, 12, tzinfo=UTC), teams="Law, Sales", outcome="failed")
        record(bob, datetime(2026, 4, day, 12, tzinfo=UTC), teams="Law", model_name="house-2")
    everybody = Where(users=(alice.id, bob.id))
    for period in (ALWAYS, Period(date(2026, 3, 20), date(2026, 4, 30))):
        expected = sums(period, everybody, ["user"]), sums(period, everybody, groups)
        assert usage.with_users(period, EVERYTHING, groups) == expected
        assert usage.with_users(period, everybody, groups) == expected


def test_unknown_tokens_are_not_zero(alice: User) -> None:
    nothing = {"prompt_tokens": None, "completion_tokens": None, "total_tokens": None}
    record(alice, source="unknown", **nothing)
    row = per_user()[alice.id]
    assert (row.prompt, row.completion, row.total) == (None, None, None)
    assert (row.calls, row.unreported) == (1, 1)


def test_a_deleted_person_stays_under_the_name_of_the_ledger(alice: User) -> None:
    record(alice)
    alice_id = alice.id
    alice.delete()
    named = People.read().named(per_user())
    assert named == {alice_id: Person(alice_id, "Alice Adler", "alice@example.org")}


def test_a_person_who_changed_their_name_is_one_row_and_found_by_the_new_one(alice: User) -> None:
    record(alice)
    User.objects.filter(id=alice.id).update(name="Alice Amsler", email="amsler@example.org")
    alice.refresh_from_db()
    record(alice)
    assert names() == ["Alice Amsler"]
    assert per_user()[alice.id].calls == 2
    assert People.read().matching("amsler@") == (alice.id,)
    assert People.read().matching("adler") == ()


def test_calls_without_a_user_are_a_row_of_their_own(alice: User) -> None:
    record(None)
    record(alice)
    assert set(per_user()) == {alice.id, 0}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Alice Adler", "Bob Brunner", "charlie"]),
        ("-name", ["charlie", "Bob Brunner", "Alice Adler"]),
        ("calls", ["Bob Brunner", "charlie", "Alice Adler"]),
        ("-calls", ["Alice Adler", "Bob Brunner", "charlie"]),
        ("total", ["Bob Brunner", "Alice Adler", "charlie"]),
        ("-total", ["Alice Adler", "Bob Brunner", "charlie"]),
        ("password", ["Alice Adler", "Bob Brunner", "charlie"]),
        ("-user__password", ["Alice Adler", "Bob Brunner", "charlie"]),
    ],
)
def test_it_sorts_by_any_column_and_puts_the_unknown_last(
    alice: User, bob: User, charlie: User, sort: str, expected: list[str]
) -> None:
    User.objects.filter(id=charlie.id).update(name="charlie")
    charlie.refresh_from_db()
    record(alice)
    record(alice)
    record(bob)
    record(charlie, total_tokens=None)
    assert names(sort) == expected


def test_totals_are_those_of_all_rows_that_were_found(alice: User, bob: User) -> None:
    record(alice, MARCH)
    record(alice, MARCH, source="unknown", **UNKNOWN)
    record(bob, APRIL)
    assert total(ALWAYS, EVERYTHING) == Sums(3, 2, 0, 20, 10, 30, last=APRIL)
    assert total(ALWAYS, Where(users=(bob.id,))) == Sums(1, 1, 0, 10, 5, 15, last=APRIL)
    assert total(ALWAYS, Where(users=())) == Sums()


UNKNOWN: dict[str, Any] = {"total_tokens": None, "prompt_tokens": None, "completion_tokens": None}


def test_per_model_shows_one_person_only(alice: User, bob: User) -> None:
    record(alice, model_name="small")
    record(alice, model_name="large", total_tokens=100)
    record(bob, model_name="large")
    rows = sums(ALWAYS, Where(users=(alice.id,)), ["model"])
    assert {key[0][1]: (one.calls, one.total) for key, one in rows.items()} == {
        "large": (1, 100),
        "small": (1, 15),
    }


def test_who_is_in_several_teams_counts_in_each_and_is_found_by_each(alice: User) -> None:
    record(alice, teams="Law, Sales")
    record(alice, teams="Lawn")
    assert {key[0]: one.calls for key, one in sums(ALWAYS, EVERYTHING, ["team"]).items()} == {
        "Law": 1,
        "Sales": 1,
        "Lawn": 1,
    }
    assert total(ALWAYS, Where(team="Law")).calls == 1
    assert total(ALWAYS, Where(team="Sales")).calls == 1


def test_weeks_begin_on_monday_and_days_in_the_sites_time_zone(alice: User) -> None:
    record(alice, datetime(2026, 3, 29, 21, 59, tzinfo=UTC))  # Sunday, 23:59 in Zurich.
    record(alice, datetime(2026, 3, 29, 22, 0, tzinfo=UTC))  # Monday, 00:00.
    assert [key[0] for key in sorted(sums(ALWAYS, EVERYTHING, ["week"]))] == [
        date(2026, 3, 23),
        date(2026, 3, 30),
    ]


def test_bars_are_days_weeks_or_months_and_every_one_is_there(alice: User) -> None:
    record(alice, MARCH)
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    days = usage.series(march, EVERYTHING)
    assert (days.size, len(days.buckets), days.total.calls) == ("day", 31, 1)
    assert [day for day, one in days.buckets if one.calls] == [date(2026, 3, 10)]
    year = usage.series(Period(date(2026, 1, 1), date(2026, 12, 31)), EVERYTHING, "day")
    assert (year.size, len(year.buckets)) == ("month", 12)
    weeks = usage.series(march, EVERYTHING, "week")
    assert (weeks.buckets[0][0], len(weeks.buckets)) == (date(2026, 2, 23), 6)


def test_a_correction_changes_sums_and_is_no_call(alice: User) -> None:
    row = record(alice, currency="CHF", cost=Decimal("1.5"), outcome="failed")
    minus = {"prompt_tokens": -4, "completion_tokens": 0, "total_tokens": -4, "cost": Decimal(-1)}
    ledger.correct(row, minus, "billed less")
    one = per_user()[alice.id]
    assert (one.calls, one.prompt, one.total, one.costs) == (1, 6, 11, {"CHF": Decimal("0.5")})


def test_sums_made_anew_are_those_that_were_kept(alice: User, bob: User) -> None:
    for number in range(5):
        record(alice, MARCH, total_tokens=number, currency="CHF", cost=Decimal("0.1"))
        record(bob, APRIL)
    row = record(bob, APRIL)
    ledger.correct(row, {"total_tokens": -3}, "miscounted")
    kept = [_rows(table) for table in TABLES]
    assert usage_days.rebuild() == 12
    assert [_rows(table) for table in TABLES] == kept
    assert [len(rows) for rows in kept] == [3, 3, 3]


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        (UsageDay, {"prompt_tokens": 11}, "usageday 2026-03-10: {alice} completed CHF"),
        (UsageDay, {"day": date(2026, 3, 11)}, "usageday 2026-03-10: {alice} completed CHF"),
        (UsageMonth, {"cost": Decimal("0.2")}, "usagemonth 2026-03-01: {alice} completed CHF"),
        (UsageMonth, {"outcome": "failed"}, "usagemonth 2026-03-01: {alice} completed CHF"),
        (UsageTotal, {"moderated": 1}, "usagetotal 2026-03-01: 2026-03-10 {model} completed CHF"),
        (UsageTotal, {"day": date(2026, 3, 9)},
         "usagetotal 2026-03-01: 2026-03-09 {model} completed CHF"),
    ],
)  # fmt: skip
def test_sums_that_are_not_those_of_the_ledger_are_named(
    alice: User, table: Any, change: dict[str, Any], named: str
) -> None:
    row = record(alice, MARCH, currency="CHF", cost=Decimal("0.1"))
    record(None, APRIL)
    ledger.correct(row, {"total_tokens": -3}, "miscounted")
    assert usage_checks.first_difference() is None
    table.objects.filter(day__lt=date(2026, 4, 1)).update(**change)
    model = "House models house-1 answer"
    words = {"alice": f"{alice.id} alice@example.org {model}", "model": model}
    assert usage_checks.first_difference() == named.format(**words)
    call_command("rebuild_usage", stdout=StringIO())
    assert usage_checks.first_difference() is None


@pytest.mark.parametrize("table", TABLES)
def test_sums_that_are_missing_are_named(alice: User, table: Any) -> None:
    record(alice, MARCH)
    table.objects.all().delete()
    found = usage_checks.first_difference()
    assert found is not None
    assert found.startswith(f"{table._meta.model_name} 2026-03-")


def test_another_time_zone_moves_calls_to_other_days(alice: User) -> None:
    record(alice, datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    assert UsageDay.objects.get().day == date(2026, 4, 1)
    with override_settings(TIME_ZONE="America/New_York"):
        usage_days.rebuild()
    assert UsageDay.objects.get().day == date(2026, 3, 31)
    assert UsageMonth.objects.get().day == date(2026, 3, 1)


def _rows(model: Any) -> list[Any]:
    return sorted(model.objects.values_list("day", *model.kinds, *SUMS, "last_at"))
