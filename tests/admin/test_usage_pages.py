"""Usage per user: the period, the order, the search, the pages, the export, one person."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.utils import timezone

from chat.models import User
from tests.ledger import record

from .conftest import SignIn

USAGE = "/admin/usage/"


def people(client: Client, query: str = "") -> list[str]:
    return [row["name"] for row in client.get(f"{USAGE}?{query}").context["rows"]]


def export(client: Client, query: str = "") -> tuple[str, list[list[str]]]:
    answer = client.get(f"{USAGE}export/?{query}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return answer["Content-Disposition"], list(csv.reader(io.StringIO(text, newline="")))


def test_it_needs_the_permission(frank: User, alice: User, signed_in: SignIn) -> None:
    for path in (USAGE, f"{USAGE}export/", f"{USAGE}person/{alice.id}/"):
        assert signed_in(frank).get(path).status_code == 403
        assert signed_in(alice).get(path).status_code == 403


def test_it_only_answers_get(as_dana: Client) -> None:
    assert as_dana.post(USAGE).status_code == 405


def test_it_shows_this_month_first(as_dana: Client, alice: User, bob: User) -> None:
    record(alice)
    record(bob, timezone.now() - timedelta(days=40))
    page = as_dana.get(USAGE)
    assert [row["name"] for row in page.context["rows"]] == ["Alice Adler"]
    assert page.context["query"].span == "this-month"
    assert people(as_dana, "period=this-year&first=&last=&q=") in (
        ["Alice Adler", "Bob Brunner"],
        ["Alice Adler"],  # In January and early February the other call was last year.
    )


def test_free_days_replace_the_named_span(as_dana: Client, alice: User, bob: User) -> None:
    record(alice, datetime(2026, 3, 31, 12, tzinfo=UTC))
    record(bob, datetime(2026, 4, 1, 12, tzinfo=UTC))
    days = "period=this-month&first=2026-03-01&last=2026-03-31"
    page = as_dana.get(f"{USAGE}?{days}")
    assert [row["name"] for row in page.context["rows"]] == ["Alice Adler"]
    assert page.context["query"].span == "custom"
    assert people(as_dana, "first=2026-04-01") == ["Bob Brunner"]
    assert people(as_dana, "last=2026-03-31") == ["Alice Adler"]


@pytest.mark.parametrize(
    "query",
    ["first=x", "first=2026-02-30", "first=2026-03-02&last=2026-03-01", "period=never", "page=x",
     "page=-1", "page=99999999", "sort=user__password", "q=%00", "first=0001-01-01",
     "last=9999-12-31"],
)  # fmt: skip
def test_nonsense_is_survived(as_dana: Client, alice: User, query: str) -> None:
    record(alice)
    assert as_dana.get(f"{USAGE}?{query}").status_code == 200
    assert as_dana.get(f"{USAGE}export/?{query}").status_code == 200


def test_days_in_the_wrong_order_are_explained(as_dana: Client) -> None:
    page = as_dana.get(f"{USAGE}?first=2026-03-02&last=2026-03-01").content.decode()
    assert "This day is before the first one." in page


def test_a_heading_sorts_and_a_second_click_turns_it_round(
    as_dana: Client, alice: User, bob: User
) -> None:
    record(alice)
    record(bob, total_tokens=100)
    page = as_dana.get(USAGE)
    columns = {column.name: (column.direction, column.next) for column in page.context["columns"]}
    assert columns["total"] == ("descending", "total")
    assert columns["name"] == ("", "name")
    assert columns["calls"] == ("", "-calls")
    assert people(as_dana) == ["Bob Brunner", "Alice Adler"]
    assert people(as_dana, "sort=total") == ["Alice Adler", "Bob Brunner"]
    assert 'aria-sort="descending"' in page.content.decode()


def test_the_foot_adds_up_all_pages(as_dana: Client) -> None:
    for number in range(60):
        record(User.objects.create_user(f"p{number}@example.org", None, name=f"P{number:02}"))
    page = as_dana.get(f"{USAGE}?sort=name")
    assert (len(page.context["rows"]), page.context["pages"]) == (50, 2)
    totals = page.context["totals"]
    assert (totals.people, totals.calls, totals.total) == (60, 60, 900)
    assert people(as_dana, "sort=name&page=2")[0] == "P50"
    assert people(as_dana, "sort=name&page=9") == people(as_dana, "sort=name&page=2")
    assert len(export(as_dana)[1]) == 61


def test_the_search_finds_names_and_addresses(as_dana: Client, alice: User, bob: User) -> None:
    record(alice)
    record(bob)
    assert people(as_dana, "q=ADLER") == ["Alice Adler"]
    assert people(as_dana, "q=bob@") == ["Bob Brunner"]
    assert people(as_dana, "q=%25") == []


def test_unknown_tokens_are_a_dash(as_dana: Client, alice: User) -> None:
    record(alice, source="unknown", prompt_tokens=None, completion_tokens=None, total_tokens=None)
    page = as_dana.get(USAGE).content.decode()
    assert page.count("<td>–</td>") == 6


def test_the_export_has_the_same_rows_and_no_formula(as_dana: Client, alice: User) -> None:
    User.objects.filter(id=alice.id).update(name="=HYPERLINK(1)")
    alice.refresh_from_db()
    record(alice, datetime(2026, 3, 10, 12, tzinfo=UTC))
    disposition, rows = export(as_dana, "first=2026-03-01&last=2026-03-31")
    assert disposition == 'attachment; filename="usage-2026-03-01-2026-03-31.csv"'
    assert rows == [
        ["Name", "Email", "Calls", "Without reported usage", "Prompt tokens", "Completion tokens",
         "Total tokens", "Last use"],
        ["'=HYPERLINK(1)", "alice@example.org", "1", "0", "10", "5", "15", "2026-03-10 13:00"],
    ]  # fmt: skip


def test_the_export_streams_under_asgi_too(dana: User, alice: User, db: Any) -> None:
    record(alice)
    client = AsyncClient()
    client.force_login(dana)

    async def read() -> bytes:
        answer = await client.get(f"{USAGE}export/")
        return b"".join([part async for part in answer.streaming_content])

    assert b"alice@example.org" in async_to_sync(read)()


def test_one_persons_use_is_shown_by_model(as_dana: Client, alice: User, bob: User) -> None:
    record(alice, model_name="small")
    record(alice, model_name="large", source="estimated")
    record(bob, model_name="bobs")
    page = as_dana.get(f"{USAGE}person/{alice.id}/")
    assert sorted(row["model_name"] for row in page.context["models"]) == ["large", "small"]
    totals = page.context["totals"]
    assert (totals.calls, totals.unreported, totals.total) == (2, 1, 30)
    assert "bobs" not in page.content.decode()
    assert as_dana.get(f"{USAGE}person/999999/").status_code == 404


def test_a_deleted_person_is_still_shown(as_dana: Client, alice: User) -> None:
    record(alice)
    alice_id = alice.id
    alice.delete()
    assert '<span class="mark">deleted</span>' in as_dana.get(USAGE).content.decode()
    assert as_dana.get(f"{USAGE}person/{alice_id}/").status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_for_any_number_of_people(
    as_dana: Client, django_assert_num_queries: Any, count: int
) -> None:
    people = [User.objects.create_user(f"p{number}@example.org", None) for number in range(count)]
    for person in people:
        record(person)
        record(person, model_name="other")
    with django_assert_num_queries(6):
        as_dana.get(USAGE)
    with django_assert_num_queries(6):
        as_dana.get(f"{USAGE}person/{people[0].id}/")
    with django_assert_num_queries(5):
        as_dana.get(f"{USAGE}export/")
