"""Usage per user and per model, from the ledger alone."""

from datetime import UTC, date, datetime

import pytest

from chat.domain.periods import Period
from chat.domain.usage import Totals, per_model, per_user, totals
from chat.models import User
from tests.ledger import record

ALWAYS = Period()
MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
APRIL = datetime(2026, 4, 10, 12, tzinfo=UTC)


def names(**asked: str) -> list[str]:
    return [row["name"] for row in per_user(ALWAYS, **asked)]


def test_it_adds_up_each_persons_calls(alice: User, bob: User) -> None:
    record(alice, MARCH)
    record(alice, APRIL, source="estimated", prompt_tokens=1, completion_tokens=2, total_tokens=3)
    record(bob, MARCH)
    rows = list(per_user(ALWAYS))
    assert rows[0] == {
        "user_id": alice.id,
        "name": "Alice Adler",
        "email": "alice@example.org",
        "present": "alice@example.org",
        "calls": 2,
        "unreported": 1,
        "prompt": 11,
        "completion": 7,
        "total": 18,
        "last": APRIL,
    }
    assert [row["name"] for row in rows] == ["Alice Adler", "Bob Brunner"]


def test_it_keeps_to_the_period(alice: User, bob: User) -> None:
    record(alice, MARCH)
    record(bob, APRIL)
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert [row["name"] for row in per_user(march)] == ["Alice Adler"]


def test_unknown_tokens_are_not_zero(alice: User) -> None:
    nothing = {"prompt_tokens": None, "completion_tokens": None, "total_tokens": None}
    record(alice, source="unknown", **nothing)
    row = per_user(ALWAYS).get()
    assert (row["prompt"], row["completion"], row["total"]) == (None, None, None)
    assert (row["calls"], row["unreported"]) == (1, 1)


def test_a_deleted_person_stays_under_the_name_of_the_ledger(alice: User) -> None:
    record(alice)
    alice_id = alice.id
    alice.delete()
    row = per_user(ALWAYS).get()
    assert (row["user_id"], row["name"], row["email"]) == (
        alice_id,
        "Alice Adler",
        "alice@example.org",
    )
    assert row["present"] is None
    assert per_user(ALWAYS, user_id=alice_id).get() == row


def test_a_person_who_changed_their_name_is_one_row_and_found_by_the_new_one(alice: User) -> None:
    record(alice)
    User.objects.filter(id=alice.id).update(name="Alice Amsler", email="amsler@example.org")
    alice.refresh_from_db()
    record(alice)
    assert [(row["name"], row["calls"]) for row in per_user(ALWAYS)] == [("Alice Amsler", 2)]
    assert names(search="amsler@") == ["Alice Amsler"]
    assert names(search="adler") == []


def test_calls_without_a_user_are_a_row_of_their_own(alice: User) -> None:
    record(None)
    record(alice)
    assert sorted(str(row["user_id"]) for row in per_user(ALWAYS)) == sorted(
        [str(alice.id), "None"]
    )


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Alice Adler", "Bob Brunner", "charlie"]),
        ("-name", ["charlie", "Bob Brunner", "Alice Adler"]),
        ("email", ["Alice Adler", "Bob Brunner", "charlie"]),
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
    assert names(sort=sort) == expected


def test_totals_are_those_of_all_rows_that_were_found(alice: User, bob: User) -> None:
    record(alice, MARCH)
    record(alice, MARCH, source="unknown", total_tokens=None, prompt_tokens=None)
    record(bob, APRIL)
    assert totals(per_user(ALWAYS)) == Totals(2, 3, 1, 20, 15, 30, APRIL)
    assert totals(per_user(ALWAYS, "bob")) == Totals(1, 1, 0, 10, 5, 15, APRIL)
    assert totals(per_user(ALWAYS, "nobody")) == Totals(0, 0, 0, None, None, None, None)


def test_per_model_shows_one_person_only(alice: User, bob: User) -> None:
    record(alice, model_name="small")
    record(alice, model_name="large", total_tokens=100)
    record(bob, model_name="large")
    rows = per_model(ALWAYS, alice.id)
    assert [(row["model_name"], row["calls"], row["total"]) for row in rows] == [
        ("large", 1, 100),
        ("small", 1, 15),
    ]
