"""Every address of the site, tried by everybody: who sees what, and who changes nothing."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from chat.models import (
    ApiKey,
    Conversation,
    Folder,
    LanguageModel,
    LinkView,
    Message,
    Provider,
    Share,
    ShareLink,
    User,
)
from tests.armour import assert_armoured
from tests.security.conftest import CONTENT
from tests.security.doors import PEOPLE, READERS, Things, client_of, routes, tried_by
from tests.security.rules import TABLES, rules

FORM = "application/x-www-form-urlencoded"
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
# Whoever something was shared with may end that.
GIVING_UP = "/leave/"


@pytest.fixture
def clients(request: pytest.FixtureRequest, deactivated: User) -> dict[str, Client]:
    people = {name: name != "nobody" and request.getfixturevalue(name) for name in PEOPLE}
    found = {name: client_of(person or None) for name, person in people.items()}
    User.objects.filter(id=deactivated.id).update(is_active=False)
    return found


def test_every_address_has_a_rule() -> None:
    assert sorted(routes()) == sorted(rules())


def test_everybody_gets_exactly_what_the_rules_say_and_all_headers(
    things: Things, clients: dict[str, Client]
) -> None:
    got: dict[str, dict[str, int]] = {}
    for route in routes():
        # There are no older turns than those of a page that shows all.
        address = things.address(route) + ("?before=1" if "turns" in route else "")
        answers = {name: clients[name].get(address) for name in tried_by(route)}
        got[route] = {name: answer.status_code for name, answer in answers.items()}
        for answer in answers.values():
            assert_armoured(answer, route)
        shown = [name for name, answer in answers.items() if CONTENT in body(answer)]
        assert set(shown) <= set(READERS), route
    assert got == rules()


def test_no_search_in_the_administration_finds_content(
    things: Things, clients: dict[str, Client]
) -> None:
    for route in TABLES:
        for query in (CONTENT, "House models", "alice"):
            shown = body(clients["erin"].get(f"/admin/{route}/?q={query}"))
            assert f"{CONTENT}-" not in shown, (route, query)
    found = body(clients["erin"].get(f"/admin/chat/conversation/?q={CONTENT}-title"))
    assert str(things.conversation.id)[:8] not in found


@pytest.mark.parametrize(
    ("table", "true", "false"),
    [
        ("conversation", f"title__startswith={CONTENT}", "title__startswith=x"),
        ("conversation", f"title={CONTENT}-title", "title=x"),
        ("conversation", f"system_prompt__contains={CONTENT}", "system_prompt__contains=x"),
        ("conversation", f"messages__content__contains={CONTENT}", "messages__content__contains=x"),
        ("conversation", "owner__password__startswith=md5", "owner__password__startswith=x"),
        ("conversation", "owner__email__startswith=alice", "owner__email__startswith=x"),
        ("user", "password__startswith=md5", "password__startswith=x"),
        ("user", f"conversations__title__contains={CONTENT}", "conversations__title__contains=x"),
        ("provider", "api_keys__sealed__contains=kid", "api_keys__sealed__contains=x"),
        ("apikey", "sealed__contains=kid", "sealed__contains=x"),
        ("apikey", "created_by__password__startswith=md5", "created_by__password__startswith=x"),
        ("languagemodel", "provider__api_keys__hint=6789", "provider__api_keys__hint=0000"),
        ("usagerecord", "user__password__startswith=md5", "user__password__startswith=x"),
    ],
)
def test_a_filter_in_an_address_tells_nothing_letter_by_letter(
    things: Things, clients: dict[str, Client], table: str, true: str, false: str
) -> None:
    def answer(query: str) -> tuple[int, str]:
        found = clients["erin"].get(f"/admin/chat/{table}/?{query}")
        return found.status_code, found.get("Location", "")

    assert answer(true) == answer(false)
    assert answer(true)[0] != 200


def body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(content).decode()


def alices() -> list[list[tuple[Any, ...]]]:
    """What belongs to Alice, and who has access to it."""
    mine = {"owner__email": "alice@example.org"}
    inside = {f"conversation__{name}": value for name, value in mine.items()}
    return [
        list(Conversation.objects.filter(**mine).order_by("pk").values_list()),
        list(Message.with_deleted.filter(**inside).order_by("pk").values_list()),
        list(Folder.objects.filter(**mine).order_by("pk").values_list()),
        list(Share.objects.order_by("pk").values_list()),
        list(ShareLink.objects.order_by("pk").values_list()),
        list(LinkView.objects.order_by("pk").values_list("link", "user")),
    ]


def everything() -> list[list[tuple[Any, ...]]]:
    tables = (Conversation, Message, Provider, LanguageModel, Group, ApiKey)
    rows = [list(table.objects.order_by("pk").values_list()) for table in tables]  # type: ignore[attr-defined]
    people = User.objects.order_by("pk")
    # Everybody may change the own name.
    rights = ("email", "password", "is_active", "is_staff", "is_superuser", "groups")
    return [*rows, *alices(), list(people.values_list(*rights, "user_permissions"))]


def attempts(things: Things) -> Iterator[dict[str, Any]]:
    """Form data that would change something if it were taken."""
    common = {"title": "Taken", "name": "Taken", "email": "taken@example.org", "post": "yes"}
    rights = {"is_superuser": "on", "is_staff": "on", "user_permissions": "1", "groups": "1"}
    owner = {"owner": 1, "id": str(uuid.uuid4()), "language": "de", "label": "Taken"}
    yield common | rights | owner | {"message": things.question.id, "action": "delete_selected"}
    yield {"_method": "DELETE", "message": things.question.id, "action": "revoke"}


def attack(things: Things, client: Client, route: str) -> None:
    address = things.address(route)
    for data in attempts(things):
        client.post(address, data)
    for send in (client.put, client.delete, client.patch):
        send(address, "title=Taken&_method=DELETE", content_type=FORM)


@pytest.mark.parametrize("person", ["charlie", "dana", "nobody", "deactivated"])
def test_nobody_changes_what_is_not_theirs(
    things: Things, clients: dict[str, Client], person: str
) -> None:
    before = everything()
    for route in routes():
        if not route.endswith("logout/"):
            attack(things, clients[person], route)
    assert everything() == before


@pytest.mark.parametrize("person", ["bob", "gino"])
def test_who_may_only_read_changes_nothing_of_the_owner_s(
    things: Things, clients: dict[str, Client], person: str
) -> None:
    before = alices()
    for route in routes():
        if not route.startswith(("admin/", "accounts/")) and not route.endswith(GIVING_UP):
            attack(things, clients[person], route)
    assert alices() == before


def test_an_editor_neither_shares_nor_files_nor_removes(
    things: Things, clients: dict[str, Client]
) -> None:
    """What is left to editors is what stands in the conversation."""
    in_it = "c/<uuid:conversation_id>/messages/"
    before = alices()
    for route in routes():
        if not route.startswith(("admin/", "accounts/", in_it)) and not route.endswith(GIVING_UP):
            attack(things, clients["frida"], route)
    assert alices() == before


def test_an_administrator_changes_no_conversation_and_no_usage(
    things: Things, clients: dict[str, Client]
) -> None:
    before = everything()[:2]
    for route in routes():
        if "conversation" not in route and "usage" not in route:
            continue
        for data in attempts(things):
            clients["erin"].post(things.address(route), data)
    assert everything()[:2] == before


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "GET"},
        {"X-Forwarded-User": "alice@example.org"},
        {"X-Remote-User": "alice@example.org"},
        {"Remote-User": "alice@example.org"},
        {"X-Original-URL": "/usage/"},
        {"X-Rewrite-URL": "/usage/"},
        {"HX-Request": "true"},
        {"Accept": "application/json"},
        {"X-Requested-With": "XMLHttpRequest"},
        {"Authorization": "Basic YWxpY2VAZXhhbXBsZS5vcmc6eA=="},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_header_opens_nothing(
    things: Things, clients: dict[str, Client], headers: dict[str, str]
) -> None:
    address = f"/c/{things.conversation.id}/"
    assert clients["charlie"].get(address, headers=headers).status_code == 404
    assert clients["nobody"].get(address, headers=headers).status_code in (302, 401)


def test_a_differently_written_address_opens_nothing(
    things: Things, clients: dict[str, Client]
) -> None:
    inner = str(things.conversation.id)
    for path in (
        f"/c/{inner}",
        f"//c/{inner}/",
        f"/c//{inner}/",
        f"/c/{inner.upper()}/",
        f"/c/{inner.replace('-', '')}/",
        f"/./c/{inner}/",
        f"/static/../c/{inner}/",
        f"/c/{inner}/.",
        f"/c/{inner}/%2e",
        f"/c/{inner};x/",
        f"/c/{inner}/?user=1&owner=1",
        f"/C/{inner}/",
    ):
        for name in ("charlie", "erin", "nobody"):
            answer = clients[name].get(path, follow=True)
            assert CONTENT not in answer.content.decode(), (name, path)
        assert clients["charlie"].head(path).status_code != 200


def test_a_message_is_read_only_through_its_own_conversation(
    things: Things, clients: dict[str, Client], charlie: User
) -> None:
    mine = Conversation.objects.create(owner=charlie)
    address = f"/c/{mine.id}/messages/{things.question.id}/source/"
    assert clients["charlie"].get(address).status_code == 404
    branch = {"message": things.question.id}
    assert clients["charlie"].post(f"/c/{mine.id}/branch/", branch).status_code == 404
    turns = clients["charlie"].get(f"/c/{mine.id}/turns/?before={things.question.id}")
    assert CONTENT not in turns.content.decode()
    assert (
        clients["charlie"]
        .get(f"/models/{things.model.id}/options/?conversation={things.conversation.id}")
        .status_code
        == 404
    )


def test_the_numbers_in_an_address_may_be_anything(
    clients: dict[str, Client], things: Things
) -> None:
    here = f"/c/{things.conversation.id}"
    for path in (
        f"{here}/turns/?before=-1",
        f"{here}/turns/?before=9223372036854775808",
        f"{here}/turns/?before=%00",
        f"{here}/turns/?before=" + "9" * 5000,
        f"{here}/messages/99999999999999999999/source/",
        f"{here}/messages/0/source/",
        "/models/99999999999999999999999/options/",
        "/models/1/options/?conversation=%00",
        "/conversations/?after=" + "9" * 5000,
        "/conversations/?after=2026-01-01T00:00:00_x",
        "/conversations/?after=0001-01-01T00:00:00%2B14:00_" + str(uuid.uuid4()),
        "/conversations/?after=9999-12-31T23:59:59-14:00_" + str(uuid.uuid4()),
        "/conversations/?shown=" + "9" * 500,
        "/conversations/?current=%00",
    ):
        assert clients["alice"].get(path).status_code in (200, 404), path
