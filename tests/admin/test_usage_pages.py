"""The usage section: ranges, groups, order, search, pages, files, saved views, one person."""

import csv
import hashlib
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.utils import timezone

from chat.models import AuditEvent, User
from chat.models.audit_event import Verb
from tests.ledger import record

from .conftest import SignIn

USAGE = "/admin/usage/"
UNKNOWN: dict[str, Any] = {
    "source": "unknown",
    "prompt_tokens": None,
    "completion_tokens": None,
    "total_tokens": None,
}


def people(client: Client, query: str = "") -> list[str]:
    return [row.label for row in client.get(f"{USAGE}?{query}").context["rows"]]


def export(client: Client, query: str = "") -> tuple[str, list[list[str]]]:
    answer = client.get(f"{USAGE}export/csv/?{query}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return answer["Content-Disposition"], list(csv.reader(io.StringIO(text, newline="")))


def test_it_needs_the_permission(frank: User, alice: User, signed_in: SignIn) -> None:
    for page in ("", "export/csv/", "export/xlsx/", f"?user={alice.id}", "report/", "invoices/"):
        path = f"{USAGE}{page}"
        assert signed_in(frank).get(path).status_code == 403
        assert signed_in(alice).get(path).status_code == 403


def test_it_only_answers_get(as_dana: Client) -> None:
    assert as_dana.post(USAGE).status_code == 405


def test_it_shows_this_month_first(as_dana: Client, alice: User, bob: User) -> None:
    record(alice)
    record(bob, timezone.now() - timedelta(days=40))
    page = as_dana.get(USAGE)
    assert [row.label for row in page.context["rows"]] == ["Alice Adler"]
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
    assert [row.label for row in page.context["rows"]] == ["Alice Adler"]
    assert page.context["query"].span == "custom"
    assert people(as_dana, "first=2026-04-01") == ["Bob Brunner"]
    assert people(as_dana, "last=2026-03-31") == ["Alice Adler"]


@pytest.mark.parametrize(
    "query",
    ["first=x", "first=2026-02-30", "first=2026-03-02&last=2026-03-01", "period=never", "page=x",
     "page=-1", "page=99999999", "sort=user__password", "q=%00", "first=0001-01-01",
     "last=9999-12-31", "first=1970-01-01&last=9999-12-30", "group=password", "user=x",
     "user=99999999999999999999", "team=%00", "bars=x&measure=x", "group=day,team,user,model"],
)  # fmt: skip
def test_nonsense_is_survived(as_dana: Client, alice: User, query: str) -> None:
    record(alice)
    assert as_dana.get(f"{USAGE}?{query}").status_code == 200
    assert as_dana.get(f"{USAGE}export/csv/?{query}").status_code == 200


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
    totals = page.context["total"]
    assert (page.context["count"], totals.calls, totals.total) == (60, 60, 900)
    assert people(as_dana, "sort=name&page=2")[0] == "P50"
    assert people(as_dana, "sort=name&page=9") == people(as_dana, "sort=name&page=2")
    assert len(export(as_dana)[1]) == 62


def test_the_search_finds_names_and_addresses(as_dana: Client, alice: User, bob: User) -> None:
    record(alice)
    record(bob)
    assert people(as_dana, "q=ADLER") == ["Alice Adler"]
    assert people(as_dana, "q=bob@") == ["Bob Brunner"]
    assert people(as_dana, "q=%25") == []


def test_unknown_tokens_are_a_dash(as_dana: Client, alice: User) -> None:
    record(alice, **UNKNOWN)
    page = as_dana.get(USAGE).content.decode()
    assert page.count("<td>–</td>") == 7  # Three of the person, three in all, one of the bars.
    assert page.count("<small>no price</small>") == 3


def test_the_export_has_the_same_rows_and_no_formula(as_dana: Client, alice: User) -> None:
    User.objects.filter(id=alice.id).update(name="=HYPERLINK(1)")
    alice.refresh_from_db()
    cost = Decimal("0.00000123")
    record(alice, datetime(2026, 3, 10, 12, tzinfo=UTC), currency="CHF", cost=cost)
    disposition, rows = export(as_dana, "first=2026-03-01&last=2026-03-31")
    assert disposition == 'attachment; filename="usage-2026-03-01-2026-03-31.csv"'
    assert rows[:-1] == [
        ["Name", "Email", "Calls", "Without reported usage", "Prompt tokens", "Completion tokens",
         "Total tokens", "Cost CHF", "Calls without a price", "Calls of unknown cost",
         "Last use"],
        ["'=HYPERLINK(1)", "alice@example.org", "1", "0", "10", "5", "15", "0.00000123", "0", "0",
         "2026-03-10 13:00"],
    ]  # fmt: skip
    assert rows[-1][0] == "SHA-256"
    event = AuditEvent.objects.get(verb=Verb.EXPORTED)
    assert (event.actor_email, event.object_name) == ("dana@example.org", "Usage")


def test_the_checksum_is_that_of_all_bytes_before_it(as_dana: Client, alice: User) -> None:
    record(alice)
    answer: Any = as_dana.get(f"{USAGE}export/csv/")
    body, _, last = b"".join(answer.streaming_content).rpartition(b'"SHA-256"')
    assert last.decode() == f',"{hashlib.sha256(body).hexdigest()}"\r\n'


def test_a_spreadsheet_has_numbers_as_numbers_and_the_checksum_of_the_file_of_text(
    as_dana: Client, alice: User
) -> None:
    User.objects.filter(id=alice.id).update(name="=HYPERLINK(1)")
    alice.refresh_from_db()
    record(alice, currency="CHF", cost=Decimal("1.5"))
    answer: Any = as_dana.get(f"{USAGE}export/xlsx/")
    book = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert '<c r="G2"><v>15</v></c><c r="H2"><v>1.5</v></c>' in sheet
    assert "&#39;=HYPERLINK(1)" in sheet or "'=HYPERLINK(1)" in sheet
    text: Any = as_dana.get(f"{USAGE}export/csv/")
    checksum = b"".join(text.streaming_content).decode().strip().rpartition(",")[2].strip('"')
    assert checksum in sheet


def test_the_export_streams_under_asgi_too(dana: User, alice: User, db: Any) -> None:
    record(alice)
    client = AsyncClient()
    client.force_login(dana)

    async def read() -> bytes:
        answer = await client.get(f"{USAGE}export/csv/")
        return b"".join([part async for part in answer.streaming_content])

    assert b"alice@example.org" in async_to_sync(read)()


def test_one_persons_use_is_shown_by_model(as_dana: Client, alice: User, bob: User) -> None:
    record(alice, model_name="small")
    record(alice, model_name="large", source="estimated")
    record(bob, model_name="bobs")
    [address] = [r.address for r in as_dana.get(USAGE).context["rows"] if r.label == "Alice Adler"]
    page = as_dana.get(f"{USAGE}{address}")
    assert sorted(row.label for row in page.context["rows"]) == ["large", "small"]
    totals = page.context["total"]
    assert (totals.calls, totals.unreported, totals.total) == (2, 1, 30)
    assert "Person: <strong>Alice Adler</strong>" in page.content.decode()
    assert as_dana.get(f"{USAGE}?user=999999").context["rows"] == []


def test_a_deleted_person_is_still_shown(as_dana: Client, alice: User) -> None:
    record(alice)
    alice_id = alice.id
    alice.delete()
    assert '<span class="mark">deleted</span>' in as_dana.get(USAGE).content.decode()
    page = as_dana.get(f"{USAGE}?user={alice_id}").content.decode()
    assert "Alice Adler (deleted)" in page


def test_groups_are_within_groups_with_sums_of_their_own(
    as_dana: Client, alice: User, bob: User
) -> None:
    record(alice, teams="Law", model_name="small")
    record(alice, teams="Law", model_name="large", total_tokens=100)
    record(bob, teams="Law, Sales")
    page = as_dana.get(f"{USAGE}?group=team,user,model")
    assert [(r.line.level, r.label, r.sums.total) for r in page.context["rows"]] == [
        (0, "Law", 130),
        (1, "Alice Adler", 115),
        (2, "large", 100),
        (2, "small", 15),
        (1, "Bob Brunner", 15),
        (2, "house-1", 15),
        (0, "Sales", 15),
        (1, "Bob Brunner", 15),
        (2, "house-1", 15),
    ]
    assert page.context["total"].total == 130
    assert "counts in each of them" in page.content.decode()


def test_a_line_leads_to_its_single_records(as_dana: Client, alice: User, bob: User) -> None:
    here = record(alice, datetime(2026, 3, 31, 21, tzinfo=UTC), teams="Law, Sales")
    record(alice, datetime(2026, 3, 31, 22, tzinfo=UTC), teams="Law, Sales")
    record(bob, datetime(2026, 3, 31, 21, tzinfo=UTC), teams="Law")
    view = "first=2026-03-01&last=2026-03-31&group=month,team,user"
    rows = as_dana.get(f"{USAGE}?{view}").context["rows"]
    [line] = [row for row in rows if row.label == "Alice Adler" and "team=Sales" in row.records]
    assert [row.id for row in as_dana.get(line.records).context["cl"].result_list] == [here.id]


def test_costs_are_never_mixed_and_no_price_is_not_zero(as_dana: Client, alice: User) -> None:
    record(alice, currency="CHF", cost=Decimal("1234.5"))
    record(alice, currency="EUR", cost=Decimal(2))
    record(alice)
    record(alice, **UNKNOWN, currency="EUR")
    page = as_dana.get(USAGE)
    total = page.context["total"]
    assert total.costs == {"CHF": Decimal("1234.5"), "EUR": Decimal(2)}
    assert (total.unpriced, total.unknown_cost) == (1, 1)
    expected = ("1,234.50", "EUR\u00a02.00", "+ 1 without a price", "+ 1 of unknown cost")
    for words in expected:
        assert words in page.content.decode()


def test_it_says_who_used_most_and_who_nothing_and_what_was_anonymised(
    as_dana: Client, alice: User, bob: User, dana: User
) -> None:
    record(alice, anonymized=True)
    record(alice, moderated=True)
    page = as_dana.get(USAGE)
    persons = page.context["persons"]
    assert [person.label for person, _sums in persons.heaviest] == ["Alice Adler"]
    assert [person.label for person in persons.dormant] == ["Bob Brunner", "Dana Dürr"]
    assert "1 call anonymised, 1 moderated (50.0\u00a0%)" in page.content.decode()


def test_changes_are_against_the_range_before(as_dana: Client, alice: User) -> None:
    record(alice, datetime(2026, 2, 10, 12, tzinfo=UTC))
    record(alice, datetime(2026, 3, 10, 12, tzinfo=UTC), total_tokens=30)
    page = as_dana.get(f"{USAGE}?first=2026-03-01&last=2026-03-31")
    period, sums = page.context["before"]
    assert (period.first, period.last, sums.total) == (date(2026, 2, 1), date(2026, 2, 28), 15)
    assert "+100.0\u00a0%" in page.content.decode()


def test_a_view_is_saved_opened_replaced_and_deleted(
    as_dana: Client, erin: User, signed_in: SignIn
) -> None:
    saved = as_dana.post(f"{USAGE}views/", {"name": " By  team ", "query": "?group=team"})
    assert saved["Location"] == f"{USAGE}?group=team"
    as_dana.post(f"{USAGE}views/", {"name": "By team", "query": "?group=team,user"})
    [view] = as_dana.get(USAGE).context["views"]
    assert (view.name, view.query) == ("By team", "group=team,user")
    delete = f"{USAGE}views/{view.id}/delete/"
    assert signed_in(erin).post(delete).status_code == 404
    assert as_dana.post(delete).status_code == 302
    assert as_dana.get(USAGE).context["views"] == []
