"""What every answer over HTTP carries, and what no request over HTTP can do."""

import re
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client

from chat.models import User
from tests.armour import assert_armoured
from tests.conftest import PASSWORD
from tests.security.doors import Things, client_of, routes


def test_errors_have_their_headers_too(things: Things, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.security.failing_urls"
    client = client_of(things.alice, raise_request_exception=False)
    forger = client_of(things.alice, enforce_csrf_checks=True)
    answers = {
        404: client.get("/nothing/"),
        400: client.get("/", headers={"host": "evil.example"}),
        403: forger.post("/preferences/", {"name": "x"}),
        405: client.post("/"),
        500: client.get("/broken/"),
        301: client.get("/usage"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert_armoured(answer, str(status))
    shown = answers[500].content.decode()
    assert "CANARY" not in shown
    assert "Traceback" not in shown
    assert re.search(r"\b[0-9a-f]{8}\b", shown), "no reference to tell the administrator"


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
def test_no_post_is_taken_without_its_token(things: Things, erin: User) -> None:
    """Also with the cookie alone, and with a token and a foreign Origin."""
    client = client_of(erin, enforce_csrf_checks=True)
    token = client.get("/accounts/logout/").context["csrf_token"]
    for route in routes():
        address = things.address(route)
        answers = [
            client.post(address, {"title": "x"}),
            client.post(address, {"title": "x"}, headers={"X-CSRFToken": "x" * 32}),
            client.post(
                address,
                {"title": "x", "csrfmiddlewaretoken": str(token)},
                headers={"Origin": "https://evil.example"},
            ),
        ]
        assert {answer.status_code for answer in answers} <= {403, 405}, route
    assert "_auth_user_id" in client.session


def test_signing_in_needs_a_token_too(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session


def test_nobody_is_signed_out_by_a_link(alice: User, erin: User) -> None:
    for person, address in ((alice, "/accounts/logout/"), (erin, "/admin/logout/")):
        client = client_of(person)
        for get in (client.get, client.head, client.options):
            get(address)
            assert "_auth_user_id" in client.session
        client.post(address)
        assert "_auth_user_id" not in client.session


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "https://evil.example/",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%0d%0aLocation:%20https://evil.example",
    "/\r\nSet-Cookie: x=1",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "\x00//evil.example",
    "%2f%2fevil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE, ids=ascii)
def test_a_sign_in_leads_to_our_own_pages_only(alice: User, target: str) -> None:
    form = {"login": alice.email, "password": PASSWORD}
    answers = [
        Client().post("/accounts/login/", form | {"next": target}),
        Client().post("/accounts/login/", form, query_params={"next": target}),
        client_of(alice).get("/accounts/login/", {"next": target}),
        client_of(alice).post("/accounts/logout/", {"next": target}),
        client_of(alice).post("/accounts/reauthenticate/", form | {"next": target}),
        client_of(alice).get("/admin/login/", {"next": target}),
        Client().get("/admin/login/", {"next": target}),
    ]
    for answer in answers:
        location = answer.headers.get("Location", "/")
        # Browsers read a backslash as a slash, and leave tabs out.
        read = urljoin("http://testserver/accounts/", re.sub(r"[\t\r\n]", "", location))
        assert read.replace("\\", "/").startswith("http://testserver/"), location
        assert "\n" not in location
        assert "Set-Cookie: x=1" not in str(answer.headers)
        assert answer.cookies.get("x") is None


def test_a_sign_in_leads_back_to_where_one_was(alice: User, things: Things) -> None:
    page = f"/c/{things.conversation.id}/"
    asked = Client().get(page)
    assert asked.headers["Location"] == f"/accounts/login/?next={page}"
    form = {"login": alice.email, "password": PASSWORD, "next": page}
    assert Client().post("/accounts/login/", form).headers["Location"] == page


@pytest.mark.parametrize("current", ["https://evil.example/", "http://testserver//evil.example/"])
def test_a_fragments_sign_in_leads_to_our_own_pages_only(alice: User, current: str) -> None:
    hx = {"HX-Request": "true", "HX-Current-URL": current}
    refused = Client().get("/conversations/", headers=hx)
    assert refused.status_code == 401
    address = refused.headers["HX-Redirect"]
    assert address.startswith("/accounts/login/?next=%2F")
    form = {"login": alice.email, "password": PASSWORD}
    assert Client().post(address, form).headers["Location"] == "/"


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(alice: User) -> None:
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    client.post("/preferences/", {"name": "Alice", "language": "de"})
    assert sorted(client.cookies) == ["csrftoken", "language", "messages", "sessionid"]
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
