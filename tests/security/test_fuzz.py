"""Malformed requests at every address: refused or ignored, and never an error of ours."""

import json
import re
from typing import Any

import pytest

from chat.models import Conversation, User
from tests.security.doors import Things, client_of, routes

# A client raises what a view does not catch, so that reaching the end is the proof.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]

NAMES = re.findall(
    r"\w+",
    "q sort first last period page p o all e before after shown current conversation next message"
    " _popup _changelist_filters app_label model_name field_name term language id",
)
VALUES = [
    "",
    "\x00",
    "9" * 400,
    "x" * 10_000,
    "\ufffd\u202e🙂",
    "' OR 1=1 --",
    "../../etc/passwd",
    "user__password",
    "{}",
    "2026-02-30",
    "٣",
]
BODIES = [
    (b"", "application/x-www-form-urlencoded"),
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"title=%00%ff%zz&message=%00", "application/x-www-form-urlencoded"),
    (b"&" * 900 + b"=" * 900, "application/x-www-form-urlencoded"),
    (b"&".join(b"a%d=" % number for number in range(1500)), "application/x-www-form-urlencoded"),
    (b"{}", "application/json"),
    (b"[" * 10_000, "application/json"),
    (b"not a part", "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
    (b"x", "multipart/form-data"),
    (b"x", "multipart/form-data; boundary=" + "x" * 300),
    (b"x", "text/plain; charset=no-such-charset"),
    (b"title=x", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"\x1f\x8b", "x" * 5000),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:20]))
def test_no_query_breaks_a_page(things: Things, erin: User, value: str) -> None:
    administrator, owner = client_of(erin), client_of(things.alice)
    for route in routes():
        client = administrator if route.startswith("admin/") else owner
        answer = client.get(things.address(route), dict.fromkeys(NAMES, value))
        assert answer.status_code < 500, route


@pytest.mark.parametrize("name", ["q", "sort", "first", "period", "page", "group", "team", "user"])
@pytest.mark.parametrize("path", ["/admin/usage/", "/admin/usage/export/csv/"])
def test_no_order_or_filter_of_the_usage_page_reaches_another_column(
    things: Things, dana: User, path: str, name: str
) -> None:
    client = client_of(dana)
    plain = body_of(client.get(path))
    for value in (
        "user__password",
        "-user__password",
        "?",
        "user__conversations__title",
        "-",
        "1)",
    ):
        answer = client.get(path, {name: value})
        assert answer.status_code == 200
        if name == "sort" and "export" in path:
            assert body_of(answer) == plain


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


@pytest.mark.parametrize(("body", "kind"), BODIES, ids=range(len(BODIES)))
def test_no_body_breaks_a_page(things: Things, erin: User, body: bytes, kind: str) -> None:
    client = client_of(erin)
    for route in routes():
        if route.endswith(("logout/", "delete/")):
            continue
        answer = client.generic("POST", things.address(route), body, content_type=kind)
        assert answer.status_code < 500, route


@pytest.mark.parametrize("size", [201, 1_000_000])
def test_a_title_or_name_that_is_too_long_is_refused(things: Things, size: int) -> None:
    client = client_of(things.alice)
    before = Conversation.objects.get().title
    rename = f"/c/{things.conversation.id}/rename/"
    assert client.post(rename, {"title": "x" * size}).status_code == 200
    assert Conversation.objects.get().title == before
    client.post("/preferences/", {"name": "x" * size, "language": "de"})
    client.post("/preferences/", {"name": "x", "language": "x" * size})
    assert User.objects.get(id=things.alice.id).name == "Alice Adler"


def test_nothing_but_the_title_is_taken_from_a_rename(things: Things, erin: User) -> None:
    """Mass assignment: fields that no form shows."""
    client = client_of(things.alice)
    before = Conversation.objects.values().get()
    more: dict[str, Any] = {"owner": erin.id, "owner_id": erin.id, "leaf": 1, "system_prompt": "x"}
    more |= {"parameters": json.dumps({"anonymize": False}), "rights_version": 9, "id": "x"}
    client.post(f"/c/{things.conversation.id}/rename/", {"title": "New", **more})
    named = {"title": "New", "titled": True}
    assert Conversation.objects.values().get() == before | named


def test_nothing_but_name_and_language_is_taken_from_preferences(things: Things) -> None:
    client = client_of(things.alice)
    before = User.objects.values().get(id=things.alice.id)
    more = {"is_staff": "on", "is_superuser": "on", "email": "x@example.org", "password": "x"}
    client.post("/preferences/", {"name": "New", "language": "de", "is_active": "", **more})
    assert User.objects.values().get(id=things.alice.id) == before | {"name": "New"}
