"""Pages, errors and refusals carry what every answer carries."""

import pytest
from django.test import Client

from chat.models import Conversation
from tests.armour import assert_armoured

PAGES = [
    "/",
    "/conversations/",
    "/usage/",
    "/preferences/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/reset/",
    "/accounts/password/change/",
    "/accounts/inactive/",
    "/accounts/signup/",
    "/models/1/options/",
    "/healthz",
    "/readyz",
    "/admin/",
    "/nowhere/",
    "/c/00000000-0000-4000-8000-000000000000/",
]


def check(client: Client, address: str) -> None:
    assert_armoured(client.get(address), address)


@pytest.mark.parametrize("address", PAGES)
def test_signed_in(as_alice: Client, address: str) -> None:
    check(as_alice, address)


@pytest.mark.parametrize("address", PAGES)
def test_not_signed_in(client: Client, db: None, address: str) -> None:
    check(client, address)


@pytest.mark.parametrize("part", ["", "transcript/", "turns/?before=1", "rename/", "delete/"])
def test_a_conversation(as_alice: Client, conversation: Conversation, part: str) -> None:
    check(as_alice, f"/c/{conversation.id}/{part}")


def test_a_refused_form(conversation: Conversation) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert answer.status_code == 403
    assert_armoured(answer, "a refused form")
