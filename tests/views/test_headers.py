"""What every answer carries, whoever asks and however it ends."""

import pytest
from django.test import Client

from chat.models import Conversation

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
EXPECTED = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
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
    answer = client.get(address)
    headers = answer.headers
    assert {name: headers.get(name) for name in EXPECTED} == EXPECTED
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "Cookie" in headers["Vary"]


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
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
