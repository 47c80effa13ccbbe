"""Prices, budgets, corrections and invoices: entered, checked, compared, audited."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from chat.domain import budgets, prices
from chat.models import (
    AuditEvent,
    Budget,
    BudgetSpend,
    Invoice,
    LanguageModel,
    Price,
    UsageRecord,
    User,
)
from chat.models.audit_event import Verb
from tests.ledger import record

MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
BUDGET = {"period": "month", "unit": "tokens", "limit": "1000", "each": "on", "enabled": "on"}


@pytest.fixture
def auditor(dana: User) -> User:
    names = ("enter_invoice", "correct_ledger")
    dana.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return dana


def test_a_later_price_never_changes_the_past(as_erin: Client, model: LanguageModel) -> None:
    for day, prompt in (("2026-01-01", "1"), ("2026-03-01", "2")):
        fields = {"language_model": model.id, "valid_from": day, "currency": "CHF"}
        as_erin.post("/admin/chat/price/add/", {**fields, "prompt": prompt, "completion": "3"})
    found = [prices.price_at(model.id, date(2026, month, 28)) for month in (1, 2, 3)]
    assert [price.prompt for price in found if price] == [1, 1, 2]
    assert prices.price_at(model.id, date(2025, 12, 31)) is None
    assert AuditEvent.objects.filter(verb=Verb.PRICE_CHANGED).count() == 2
    page = as_erin.get("/admin/chat/price/")
    assert [row.current == row.id for row in page.context["cl"].result_list] == [True, False]
    assert Price.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"exception": "on"}, "user", "choose whom"),
        ({"unit": "money"}, "currency", "needs a currency"),
        ({"raised_limit": "5"}, "raised_until", "enter the amount and the last day"),
        ({"raised_until": "2026-12-31"}, "raised_limit", "enter the amount and the last day"),
        ({"unit": "money", "currency": "chf"}, "currency", "Three capital letters"),
    ],
)
def test_a_budget_that_makes_no_sense_is_explained(
    as_erin: Client, given: dict[str, str], field: str, words: str
) -> None:
    page = as_erin.post("/admin/chat/budget/add/", {**BUDGET, **given})
    assert words in str(page.context["adminform"].form.errors[field])
    assert not Budget.objects.exists()


def test_a_budget_shows_what_is_used_of_it_now(as_erin: Client, alice: User, bob: User) -> None:
    as_erin.post("/admin/chat/budget/add/", BUDGET)
    budget = Budget.objects.get()
    month = budgets.starts("month", timezone.localdate())
    for person, spent in ((alice, 250), (bob, 900)):
        BudgetSpend.objects.create(budget=budget, user_id=person.id, starts=month, spent=spent)
    page = as_erin.get("/admin/chat/budget/").content.decode()
    assert "each person" in page
    assert "at most 900 tokens (90 %); 2 people" in page
    assert AuditEvent.objects.filter(verb=Verb.BUDGET_CHANGED).count() == 1


def test_a_correction_is_a_record_of_its_own_linked_both_ways(
    as_dana: Client, auditor: User, alice: User
) -> None:
    row = record(alice, MARCH)
    path = f"/admin/chat/usagerecord/{row.id}/correct/"
    assert "Enter a difference" in as_dana.post(path, {"note": "x"}).content.decode()
    assert "needs a currency" in as_dana.post(path, {"note": "x", "cost": "1"}).content.decode()
    as_dana.post(path, {"prompt_tokens": "-4", "note": "The provider counted twice."})
    made = UsageRecord.objects.get(corrects=row.id)
    assert (made.total_tokens, made.note) == (-4, "The provider counted twice.")
    old = as_dana.get(f"/admin/chat/usagerecord/{row.id}/change/").content.decode()
    new = as_dana.get(f"/admin/chat/usagerecord/{made.id}/change/").content.decode()
    assert f'href="/admin/chat/usagerecord/{made.id}/change/"' in old
    assert f'href="/admin/chat/usagerecord/{row.id}/change/"' in new
    event = AuditEvent.objects.get(verb=Verb.LEDGER_CORRECTED)
    assert (event.actor_email, event.reason) == (auditor.email, "The provider counted twice.")


def test_an_invoice_begins_with_the_currency_of_the_ledger(
    as_dana: Client, auditor: User, alice: User
) -> None:
    path = "/admin/usage/invoices/enter/?provider=House+models&month=2026-03"
    record(alice, MARCH)
    assert as_dana.get(path).context["form"]["currency"].value() == "CHF"
    record(alice, MARCH, currency="EUR", cost=Decimal(10))
    assert as_dana.get(path).context["form"]["currency"].value() == "EUR"


def test_an_invoice_is_compared_and_an_earlier_one_stays(
    as_dana: Client, auditor: User, alice: User
) -> None:
    record(alice, MARCH, currency="CHF", cost=Decimal(10))
    record(alice, MARCH, model_name="other", source="estimated", currency="CHF", cost=Decimal(30))
    path = "/admin/usage/invoices/enter/?provider=House+models&month=2026-03"
    as_dana.post(path, {"amount": "50", "currency": "CHF"})
    models = {"amount_0": "20", "tokens_0": "15", "amount_1": "30"}
    answer = as_dana.post(path, {"amount": "50", "currency": "CHF", "total_tokens": "30", **models})
    page = as_dana.get(answer["Location"])
    billed = page.context["billed"]
    assert (billed.cost, billed.difference, billed.percent) == (40, 10, 25)
    assert (billed.tokens_difference, billed.ledger.unreported, billed.ledger.calls) == (0, 1, 2)
    assert [(m.name, m.differs) for m in page.context["models"]] == [
        ("house-1", True),
        ("other", False),
    ]
    assert [one.entered_by_name for one in page.context["entries"]] == ["Dana Dürr"] * 2
    listed = as_dana.get("/admin/usage/invoices/").context["billed"]
    assert [(one.invoice.id, one.replaced) for one in listed] == [
        (row.id, row.id != billed.invoice.id) for row in Invoice.objects.order_by("-id")
    ]
    assert AuditEvent.objects.filter(verb=Verb.INVOICE_ENTERED).count() == 2


def test_who_may_only_look_enters_and_corrects_nothing(as_dana: Client, alice: User) -> None:
    row = record(alice)
    for path in ("/admin/usage/invoices/enter/", f"/admin/chat/usagerecord/{row.id}/correct/"):
        assert as_dana.get(path).status_code == 403
        assert as_dana.post(path, {"amount": 1}).status_code == 403


@pytest.mark.parametrize("language", ["de", "fr", "it"])
def test_numbers_are_written_as_in_switzerland(as_dana: Client, alice: User, language: str) -> None:
    record(alice, total_tokens=1234567, currency="CHF", cost=Decimal("1234567.5"))
    as_dana.cookies["language"] = language
    page: Any = as_dana.get("/admin/usage/", headers={"accept-language": language})
    assert "1\u2019234\u2019567</td>" in page.content.decode()
    assert "CHF\u00a01\u2019234\u2019567.50" in page.content.decode()
