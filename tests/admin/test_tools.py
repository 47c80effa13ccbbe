"""The page of a tool: checked when it is saved, its key goes in and never comes out."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from chat import crypto
from chat.models import Tool, User
from chat.models.tool import SCHEMAS, Function

from .conftest import SignIn

ADD = "/admin/chat/tool/add/"
KEY = "sk-CANARY-0123456789"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def form(**fields: Any) -> dict[str, Any]:
    return {
        "name": "weather",
        "description": "Tells the weather.",
        "kind": "http",
        "function": "",
        "parameters": json.dumps(SCHEMA),
        "url": "https://tools.example.org/weather",
        "key_header": "",
        "enabled": "on",
        **fields,
    }


def save(client: Client, path: str = ADD, **fields: Any) -> str:
    return client.post(path, form(**fields), follow=True).content.decode()


def change(tool: Tool) -> str:
    return f"/admin/chat/tool/{tool.pk}/change/"


def test_a_tool_at_an_address_is_saved_with_its_key_sealed(as_erin: Client) -> None:
    page = save(as_erin, api_key=KEY)
    tool = Tool.objects.get()
    secret = tool.reveal()
    assert secret is not None
    assert (secret.reveal(), tool.parameters, tool.writes) == (KEY, SCHEMA, False)
    assert KEY not in page
    assert KEY not in as_erin.get(change(tool)).content.decode()
    assert KEY.encode() not in bytes(tool.sealed or b"")


def test_the_key_stays_when_nothing_is_typed_and_goes_with_the_host(as_erin: Client) -> None:
    save(as_erin, api_key=KEY)
    tool = Tool.objects.get()
    save(as_erin, change(tool), url="https://tools.example.org/other")
    kept = Tool.objects.get()
    assert kept.reveal() == tool.reveal()
    save(as_erin, change(tool), url="https://elsewhere.example.org/")
    assert Tool.objects.get().sealed is None


def test_a_key_copied_to_another_row_does_not_open(as_erin: Client) -> None:
    save(as_erin, api_key=KEY)
    tool = Tool.objects.get()
    copied = Tool(name="copy", url=tool.url, sealed=tool.sealed)
    with pytest.raises(crypto.SealBroken):
        copied.reveal()


def test_a_built_in_function_brings_its_own_arguments_and_changes_nothing(as_erin: Client) -> None:
    save(as_erin, kind="function", function="calculator", parameters="{}", url="", writes="on")
    tool = Tool.objects.get()
    assert (tool.parameters, tool.writes) == (SCHEMAS[Function.CALCULATOR], False)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "two words"},
        {"name": "x" * 65},
        {"description": ""},
        {"parameters": "{"},
        {"parameters": '{"type": "string"}'},
        {"parameters": '{"type": "object", "required": ["x"]}'},
        {"kind": "http", "url": ""},
        {"kind": "http", "url": "ftp://example.org"},
        {"kind": "http", "url": "https://user:pw@example.org"},
        {"kind": "function"},
        {"kind": "other"},
        {"api_key": "short"},
        {"key_header": "Bad: header"},
    ],
)
def test_what_cannot_work_is_not_saved(as_erin: Client, fields: dict[str, str]) -> None:
    page = save(as_erin, **fields)
    assert "errornote" in page
    assert not Tool.objects.exists()


def test_it_needs_the_permission(bob: User, signed_in: SignIn) -> None:
    bob.is_staff = True
    bob.save()
    assert signed_in(bob).post(ADD, form()).status_code == 403
    bob.user_permissions.add(*Permission.objects.filter(codename__in=["view_tool", "add_tool"]))
    assert signed_in(bob).post(ADD, form()).status_code == 302
    assert Tool.objects.count() == 1
