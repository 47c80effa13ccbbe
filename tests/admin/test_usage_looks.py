"""What the usage pages show before anybody has asked for anything, and after."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from chat.models import User
from chat.templatetags.usage import money
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


def test_money_that_was_taken_back_has_a_minus_before_the_number() -> None:
    assert money(Decimal("-0.25"), "CHF") == "CHF\u00a0\u22120.2500"
