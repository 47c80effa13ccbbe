"""Signing in and out, and what is not offered."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from chat.models import User
from tests.conftest import PASSWORD

SIGN_IN = {"login": "alice@example.org", "password": PASSWORD}
ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/%0d%0aSet-Cookie:x=1//evil",
    "///evil.example",
    "\thttps://evil.example",
]
NOT_OFFERED = ["signup/", "email/", "confirm-email/", "confirm-email/x/", "password/set/"]


def test_signing_in_leads_to_where_one_wanted_to_go(client: Client, alice: User) -> None:
    answer = client.post("/accounts/login/", SIGN_IN | {"next": "/usage/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/usage/")


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(client: Client, alice: User, address: str) -> None:
    answer = client.post("/accounts/login/", SIGN_IN | {"next": address})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith(("//", "/\\"))


def test_a_wrong_password_is_told_without_saying_which_part(client: Client, alice: User) -> None:
    wrong = client.post("/accounts/login/", SIGN_IN | {"password": "wrong"})
    unknown = client.post("/accounts/login/", {"login": "x@example.org", "password": "wrong"})
    said = "Email or password is not right."
    assert said in wrong.content.decode()
    assert said in unknown.content.decode()


@pytest.mark.parametrize("part", NOT_OFFERED)
def test_accounts_cannot_be_made_or_changed_here(client: Client, db: None, part: str) -> None:
    assert client.get(f"/accounts/{part}").status_code == 404
    assert client.post(f"/accounts/{part}").status_code == 404


def test_signing_out_takes_more_than_a_link(as_alice: Client) -> None:
    assert "Sign out?" in as_alice.get("/accounts/logout/").content.decode()
    assert as_alice.get("/").status_code == 200
    assert as_alice.post("/accounts/logout/").status_code == 302
    assert as_alice.get("/").status_code == 302


def test_signing_in_needs_a_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/accounts/login/", SIGN_IN).status_code == 403


def test_a_forgotten_password_is_replaced_by_mail(client: Client, alice: User) -> None:
    answer = client.post("/accounts/password/reset/", {"email": alice.email}, follow=True)
    assert "Look into your mailbox" in answer.content.decode()
    (letter,) = mail.outbox
    assert letter.subject.startswith(f"[{settings.SITE_NAME}] ")
    link = next(word for word in str(letter.body).split() if "/password/reset/key/" in word)
    page = client.get(link, follow=True)
    assert "Choose a new password" in page.content.decode()
    address = page.redirect_chain[-1][0]
    new = {"password1": "a-much-better-one", "password2": "a-much-better-one"}
    assert "Your password is changed" in client.post(address, new, follow=True).content.decode()
    again = client.get(link, follow=True).content.decode()
    assert "This link does not work any more" in again


def test_whoever_asks_for_a_new_password_does_not_choose_where_the_link_leads(
    client: Client, alice: User
) -> None:
    form = {"email": alice.email}
    client.post("/accounts/password/reset/", form, headers={"Host": "testserver:9999"})
    (letter,) = mail.outbox
    assert f"\n{settings.PUBLIC_URLS[0]}/accounts/password/reset/key/" in str(letter.body)
    assert "9999" not in str(letter.message())


def test_an_unknown_address_gets_the_same_page_and_a_letter_without_a_link(
    client: Client, db: None
) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "x@example.org"}, follow=True)
    assert "Look into your mailbox" in answer.content.decode()
    (letter,) = mail.outbox
    assert "There is no account with this address." in str(letter.body)
    assert "/accounts/" not in str(letter.body)


def test_a_password_can_be_changed(as_alice: Client, alice: User) -> None:
    assert "Change password" in as_alice.get("/accounts/password/change/").content.decode()
    fields = {
        "oldpassword": PASSWORD,
        "password1": "another-good-one",
        "password2": "another-good-one",
    }
    as_alice.post("/accounts/password/change/", fields)
    alice.refresh_from_db()
    assert alice.check_password("another-good-one")
