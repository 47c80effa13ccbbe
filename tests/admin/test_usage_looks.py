"""What the usage pages show before anybody has asked for anything, and after."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from chat.models import User
from chat.templatetags.usage import change, money, share
from tests.ledger import record

USAGE = "/admin/usage/"


@pytest.mark.parametrize(
    ("query", "opened"),
    [
        ("", False),
        ("period=this-year&q=Alice&measure=total", False),
        ("measure=calls", True),
        ("bars=week", True),
        ("team=Law", True),
        ("team=" + "x" * 200, True),
    ],
)
def test_the_other_filters_are_open_when_one_of_them_says_something(
    as_dana: Client, query: str, opened: bool
) -> None:
    page = as_dana.get(f"{USAGE}?{query}").content.decode()
    assert ('<details class="more-filters" open>' in page) is opened


def test_where_nothing_was_used_there_are_zeros_and_no_dashes(as_dana: Client) -> None:
    page = as_dana.get(USAGE).content.decode()
    figures = re.findall(r"<dt>(.*?)</dt><dd>([^<]*)", page)
    assert [(name, number.strip()) for name, number in figures] == [
        ("Tokens", "0"),
        ("Calls", "0"),
        ("Cost", "0"),
    ]


def test_a_record_is_called_by_its_number_and_says_no_instead_of_a_cross(
    as_dana: Client, alice: User
) -> None:
    row = record(alice, total_tokens=12345, anonymized=False)
    page = as_dana.get(f"/admin/chat/usagerecord/{row.id}/change/").content.decode()
    assert f"<h1>Usage record {row.id}</h1>" in page
    assert "12,345" in page
    assert "icon-no" not in page


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("172.17831378", "172.18"),
        ("1234.565", "1,234.57"),
        ("0.26605", "0.2661"),
        ("0.00003", "0.00003000"),
        ("0", "0.00"),
    ],
)
def test_money_is_rounded_and_a_little_of_it_is_not_nothing(amount: str, words: str) -> None:
    assert money(Decimal(amount), "CHF") == f"CHF\u00a0{words}"


def test_shares_and_changes_are_rounded() -> None:
    assert [share(96, 1158), share(0, 3), share(1, 0)] == ["8.3\u00a0%", "0.0\u00a0%", "–"]
    assert [change(10296, 10000), change(9996, 10000)] == ["+3.0\u00a0%", "±0.0\u00a0%"]


def test_money_that_was_taken_back_has_a_minus_before_the_number() -> None:
    assert money(Decimal("-0.25"), "CHF") == "CHF\u00a0\u22120.2500"
