"""What people decide about themselves."""

from django.test import Client

from chat.models import User


def test_a_name_and_a_language_are_kept(as_alice: Client, alice: User) -> None:
    answer = as_alice.post("/preferences/", {"name": "Alice A.", "language": "de"})
    alice.refresh_from_db()
    assert (answer.status_code, alice.name) == (302, "Alice A.")
    cookie = answer.cookies["language"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("de", "Lax", True)
    assert '<html lang="de">' in as_alice.get("/preferences/").content.decode()


def test_an_unknown_language_is_explained(as_alice: Client) -> None:
    page = as_alice.post("/preferences/", {"name": "Alice", "language": "tlh"})
    assert page.status_code == 200
    assert "field-error" in page.content.decode()


def test_nothing_else_can_be_changed_with_it(as_alice: Client, alice: User) -> None:
    fields = {"is_staff": "on", "is_superuser": "on", "email": "x@example.org", "id": "99"}
    as_alice.post("/preferences/", {"name": "Alice", "language": "en"} | fields)
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser, alice.email) == (False, False, "alice@example.org")
