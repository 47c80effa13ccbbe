"""Signing in: limits before hashing, one answer for all who fail, cookies for https alone."""

import hashlib
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.http import HttpResponse
from django.test import Client

from chat.models import User
from chatsite.hashers import FewAtOnceHasher
from tests.conftest import PASSWORD
from tests.prepared import ROOT, copy_prepared, environment
from tests.security.hashers import CountingHasher

pytestmark = pytest.mark.django_db


def sign_in(email: str, password: str, *, address: str = "10.0.0.1", **headers: str) -> Any:
    form = {"login": email, "password": password}
    return Client(REMOTE_ADDR=address).post("/accounts/login/", form, headers=headers)


@pytest.fixture
def hashed(alice: User, settings: Any) -> type[CountingHasher]:
    settings.PASSWORD_HASHERS = ["tests.security.hashers.CountingHasher"]
    alice.set_password(PASSWORD)
    alice.save()
    CountingHasher.count = 0
    return CountingHasher


def test_after_five_failures_no_password_is_even_looked_at(
    alice: User, hashed: type[CountingHasher]
) -> None:
    answers = [sign_in(alice.email, "wrong") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    before = hashed.count
    for password in ("wrong", PASSWORD):
        answer = sign_in(alice.email, password)
        assert "_auth_user_id" not in answer.client.session
    assert hashed.count == before


def test_few_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the number of addresses that try: each hash takes memory."""
    assert ScryptPasswordHasher().verify("x", FewAtOnceHasher().encode("x", "salt"))
    busy, most = [0], [0]

    def slowly(*_args: Any, **_kwargs: Any) -> bytes:
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        time.sleep(0.02)
        busy[0] -= 1
        return b"x" * 64

    monkeypatch.setattr(hashlib, "scrypt", slowly)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: FewAtOnceHasher().encode("x", "salt"), range(20)))
    assert most == [4]


def test_another_person_can_still_sign_in(alice: User, bob: User) -> None:
    for _ in range(7):
        sign_in(alice.email, "wrong")
    assert sign_in(bob.email, PASSWORD, address="10.0.0.2").status_code == 302


def test_one_address_cannot_try_many_people(db: None, settings: Any) -> None:
    answers = [sign_in(f"person{number}@example.org", "wrong") for number in range(32)]
    assert [answer.status_code for answer in answers[30:]] == [429, 429]
    assert sign_in("person1@example.org", "x", address="10.0.0.9").status_code == 200


def test_a_header_makes_no_new_address(db: None) -> None:
    for number in range(30):
        sign_in(f"person{number}@example.org", "x")
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "Client-IP"):
        answer = sign_in("else@example.org", "x", **{name: "203.0.113.7"})
        assert answer.status_code == 429, name


def test_a_name_written_differently_makes_no_new_tries(
    alice: User, hashed: type[CountingHasher]
) -> None:
    for email in ("alice@example.org", "ALICE@example.org", " alice@example.org "):
        for _ in range(3):
            sign_in(email, "wrong")
    before = hashed.count
    sign_in(alice.email, PASSWORD)
    assert hashed.count == before


def shown(answer: HttpResponse) -> str:
    """The page without its token and what was typed."""
    text = answer.content.decode()
    token = answer.context["csrf_token"]
    return (
        text.replace(str(token), "")
        .replace("alice@example.org", "who")
        .replace("nobody@example.org", "who")
    )


def test_who_does_not_exist_is_answered_like_who_does(alice: User, bob: User) -> None:
    User.objects.filter(id=bob.id).update(is_active=False)
    known, unknown = (sign_in(email, "wrong") for email in (alice.email, "nobody@example.org"))
    assert shown(known) == shown(unknown)
    resets = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (alice.email, "nobody@example.org")
    ]
    assert [answer.status_code for answer in resets] == [302, 302]
    assert resets[0].headers["Location"] == resets[1].headers["Location"]


def test_a_deactivated_person_with_the_right_password_is_not_let_in(bob: User) -> None:
    User.objects.filter(id=bob.id).update(is_active=False)
    answer = sign_in(bob.email, PASSWORD)
    assert "_auth_user_id" not in answer.client.session


SHOW_COOKIES = """
import json, django
from django.conf import settings
django.setup()
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
from django.test import Client
from chat.models import User
from chatsite.hashers import FewAtOnceHasher
User.objects.create_user("alice@example.org", "correct-horse-battery")
client = Client(HTTP_HOST="chat.example.org")
first = client.get("/accounts/login/", secure=True)
form = {"login": "alice@example.org", "password": "correct-horse-battery"}
last = client.post("/accounts/login/", form, secure=True)
keys = ("secure", "httponly", "samesite", "path", "domain")
cookies = {name: [morsel[key] for key in keys] for name, morsel in client.cookies.items()}
print(json.dumps([cookies, last.status_code, first.headers.get("Strict-Transport-Security")]))
"""


def test_behind_https_cookies_are_bound_to_this_very_host(tmp_path: Path) -> None:
    given = environment(
        DJANGO_SETTINGS_MODULE="chatsite.settings",
        CHATSITE_DATA_DIR=tmp_path,
        PUBLIC_URL="https://chat.example.org",
        CHATSITE_DEMO=0,
    )
    copy_prepared(tmp_path)
    command = [sys.executable, "-c", SHOW_COOKIES]
    told = subprocess.run(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, check=True)
    cookies, status, hsts = json.loads(told.stdout)
    bound = [True, True, "Lax", "/", ""]
    assert cookies == {"__Host-csrftoken": bound, "__Host-sessionid": bound}
    assert status == 302
    assert hsts == "max-age=31536000; includeSubDomains"
