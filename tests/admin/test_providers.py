"""The page of a provider: its key goes in and never comes out; it is tried and its models load."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from chat import demo
from chat.domain import circuits
from chat.domain.runs import Ending
from chat.models import ApiKey, LanguageModel, Provider, UsageRecord, User
from chat.models.completion import State
from tests.demonstration import demonstration

from .conftest import SignIn

KEY = "sk-CANARY-0123456789"
ADD = "/admin/chat/provider/add/"


@pytest.fixture(scope="module")
def server() -> Iterator[demo.DemoServer]:
    with demonstration() as running:
        yield running


def form(provider: Provider, **fields: str) -> dict[str, str]:
    return {
        "name": provider.name,
        "kind": provider.kind,
        "base_url": provider.base_url,
        "enabled": "on",
        "anonymize_policy": provider.anonymize_policy,
        "moderate_policy": provider.moderate_policy,
        "include_usage": "on",
        **fields,
    }


def save(client: Client, provider: Provider, **fields: str) -> str:
    page = client.post(change(provider), form(provider, **fields), follow=True)
    assert page.status_code == 200
    return page.content.decode()


def change(provider: Provider) -> str:
    return f"/admin/chat/provider/{provider.id}/change/"


def test_entering_a_key_replaces_the_old_one(
    as_erin: Client, erin: User, provider: Provider
) -> None:
    old = ApiKey.objects.get()
    page = save(as_erin, provider, api_key=f"  {KEY}\n")
    assert KEY not in page
    old.refresh_from_db()
    assert old.revoked_at is not None
    new = ApiKey.objects.usable().get()
    assert (new.hint, new.created_by, new.reveal().reveal()) == ("6789", erin, KEY)


def test_an_empty_key_keeps_the_stored_one(as_erin: Client, provider: Provider) -> None:
    save(as_erin, provider, name="Renamed")
    assert ApiKey.objects.get().revoked_at is None


def test_a_keys_field_is_empty_and_not_for_password_managers(
    as_erin: Client, provider: Provider
) -> None:
    page = as_erin.get(change(provider)).content.decode()
    field = page[page.index('name="api_key"') - 40 :].split(">")[0]
    assert 'type="password"' in field
    assert 'autocomplete="new-password"' in field
    assert "value=" not in field
    assert "ends in …6789" in page


@pytest.mark.parametrize(
    "key",
    ["short", f"{KEY}\nX-Evil: 1", f"{KEY}\r\nX: 1", f"{KEY}é", f"{KEY}…", f"{KEY} x", f"{KEY}\0"],
)
def test_a_key_that_cannot_be_one_is_refused_without_repeating_it(
    as_erin: Client, provider: Provider, key: str
) -> None:
    page = as_erin.post(change(provider), form(provider, api_key=key))
    assert page.status_code == 200
    text = page.content.decode()
    assert "errornote" in text
    assert KEY not in text
    assert ApiKey.objects.get().hint == "6789"


def test_the_history_does_not_have_the_key(as_erin: Client, provider: Provider) -> None:
    save(as_erin, provider, api_key=KEY)
    entry = LogEntry.objects.get()
    assert entry.change_message == '[{"changed": {"fields": ["API key"]}}]'
    assert KEY not in as_erin.get(f"/admin/chat/provider/{provider.id}/history/").content.decode()


def test_another_host_makes_the_key_useless_and_says_so(
    as_erin: Client, provider: Provider
) -> None:
    page = save(as_erin, provider, base_url="https://elsewhere.example/v1")
    assert "enter the API key again" in page
    provider.refresh_from_db()
    listed = as_erin.get("/admin/chat/provider/").content.decode()
    assert "does not open: enter it again" in listed


def test_another_path_at_the_same_host_keeps_the_key(as_erin: Client, provider: Provider) -> None:
    page = save(as_erin, provider, base_url="http://127.0.0.1:9/v2")
    assert "enter the API key again" not in page
    assert ApiKey.objects.select_related("provider").get().reveal().reveal() == "sk-test-0123456789"


@pytest.mark.parametrize(
    "url", ["ftp://x.example", "https://user:pass@x.example", "https://x.example/?a=1", "x", "//x"]
)
def test_an_address_that_cannot_be_called_is_refused(
    as_erin: Client, provider: Provider, url: str
) -> None:
    page = as_erin.post(change(provider), form(provider, base_url=url))
    assert "The base URL" in page.content.decode()
    provider.refresh_from_db()
    assert provider.base_url == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("field", "value"),
    [("completions_path", "chat"), ("models_path", "/../x"), ("auth_header", "Api token")],
)
def test_a_path_or_header_that_cannot_be_one_is_refused(
    as_erin: Client, provider: Provider, field: str, value: str
) -> None:
    page = as_erin.post(change(provider), form(provider, **{field: value}))
    assert page.status_code == 200
    assert set(page.context["adminform"].form.errors) == {field}


def test_the_address_may_be_left_empty_where_there_is_only_one(as_erin: Client) -> None:
    for kind in ("grayswan", "peakprivacy", "openai_compatible"):
        as_erin.post(ADD, form(Provider(name=kind, kind=kind), api_key=KEY))
    assert list(Provider.objects.values_list("kind", "base_url")) == [
        ("grayswan", "https://api.grayswan.ai"),
        ("peakprivacy", "https://api.peakprivacy.ch"),
    ]


def test_a_new_provider_is_made_with_its_key(as_erin: Client) -> None:
    fresh = Provider(name="Swans", kind="grayswan", base_url="https://api.grayswan.ai")
    page = as_erin.post(ADD, form(fresh, api_key=KEY), follow=True)
    assert page.status_code == 200
    assert Provider.objects.get().name == "Swans"
    assert ApiKey.objects.get().reveal().reveal() == KEY


def test_the_form_names_the_documented_addresses_and_insists_on_one(as_erin: Client) -> None:
    assert "Gray Swan: https://api.grayswan.ai" in as_erin.get(ADD).content.decode()
    fresh = Provider(name="Ours", kind="openai_compatible", base_url="")
    assert "This field is required." in as_erin.post(ADD, form(fresh)).content.decode()
    assert Provider.objects.count() == 0


def test_the_list_says_demonstration_and_where_a_key_is_missing(
    as_erin: Client, provider: Provider
) -> None:
    Provider.objects.create(name="B", kind="grayswan", base_url="https://b.example", is_demo=True)
    page = as_erin.get("/admin/chat/provider/").content.decode()
    assert '<span class="mark">demonstration</span>' in page
    assert "no key" in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_any_number(
    as_erin: Client, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        Provider.objects.create(name=f"P{number}", kind="grayswan", base_url="https://b.example")
    with django_assert_num_queries(6):
        as_erin.get("/admin/chat/provider/")


def test_a_provider_is_tried_and_its_models_are_loaded(
    as_erin: Client, server: demo.DemoServer, settings: Any
) -> None:
    settings.PRIVATE_PROVIDERS = [f"127.0.0.1:{server.port}"]
    url = server.base_urls["openai_compatible"]
    row = Provider.objects.create(name="Demo", kind="openai_compatible", base_url=url)
    assert "No key has been entered yet." in act(as_erin, row, "test")
    save(as_erin, row, api_key="demo-key")
    assert "Added 2 models: demo-chat and demo-reasoning." in act(as_erin, row, "models")
    assert "No new models." in act(as_erin, row, "models")
    assert "It works: demo-chat answered." in act(as_erin, row, "test")
    assert UsageRecord.objects.get().purpose == "check"
    LanguageModel.objects.filter(model_name="demo-reasoning").update(model_name="gone")
    page = act(as_erin, row, "models")
    assert "Added 1 new model, switched off until you enable it: demo-reasoning." in page
    assert "No longer in the provider&#x27;s list, but kept here: gone." in page


def test_trying_needs_a_post_a_token_and_the_right(
    erin: User, dana: User, provider: Provider, signed_in: SignIn
) -> None:
    for action in ("test", "models"):
        path = f"/admin/chat/provider/{provider.id}/{action}/"
        assert signed_in(erin).get(path).status_code == 405
        assert signed_in(dana).post(path).status_code == 403
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(erin)
        assert strict.post(path).status_code == 403
    assert UsageRecord.objects.count() == 0


def test_who_may_only_look_has_no_key_field(
    frank: User, provider: Provider, signed_in: SignIn
) -> None:
    frank.user_permissions.remove(*frank.user_permissions.filter(codename__startswith="change"))
    page = signed_in(frank).get(change(provider))
    assert page.status_code == 200
    assert "api_key" not in page.content.decode()
    assert "Test this provider" not in page.content.decode()


def test_deleting_a_provider_says_what_goes_with_it(
    as_erin: Client, model: LanguageModel, provider: Provider
) -> None:
    path = f"/admin/chat/provider/{provider.id}/delete/"
    page = as_erin.get(path).content.decode()
    assert "API keys: 1" in page
    assert "Language models: 1" in page
    as_erin.post(path, {"post": "yes"})
    assert Provider.objects.count() == ApiKey.objects.count() == LanguageModel.objects.count() == 0


def test_a_key_is_revoked_and_never_changed(as_erin: Client, provider: Provider) -> None:
    key = ApiKey.objects.get()
    path = "/admin/chat/apikey/"
    as_erin.post(path, {"action": "revoke", "_selected_action": [key.id]})
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert as_erin.get(f"{path}add/").status_code == 403
    assert as_erin.post(f"{path}{key.id}/change/", {"hint": "xxxx"}).status_code == 403
    assert as_erin.post(f"{path}{key.id}/delete/", {"post": "yes"}).status_code == 403


def act(client: Client, provider: Provider, action: str) -> str:
    page = client.post(f"/admin/chat/provider/{provider.id}/{action}/", follow=True)
    assert page.redirect_chain == [(change(provider), 302)]
    return page.content.decode()


@pytest.mark.parametrize(
    ("fields", "closes"),
    [
        ({"api_key": KEY}, True),
        ({"base_url": "http://127.0.0.1:9/v2"}, True),
        ({"name": "Renamed"}, False),
    ],
)
def test_another_key_or_address_is_tried_at_once(
    as_erin: Client, provider: Provider, fields: dict[str, str], closes: bool
) -> None:
    fail(provider)
    save(as_erin, provider, **fields)
    provider.refresh_from_db()
    assert provider.is_failing is not closes


def test_a_successful_test_ends_the_pause(
    as_erin: Client, server: demo.DemoServer, settings: Any
) -> None:
    settings.PRIVATE_PROVIDERS = [f"127.0.0.1:{server.port}"]
    url = server.base_urls["openai_compatible"]
    row = Provider.objects.create(name="Demo", kind="openai_compatible", base_url=url)
    LanguageModel.objects.create(provider=row, model_name="demo-chat")
    save(as_erin, row, api_key="demo-key")
    fail(row)
    assert "It works: demo-chat answered." in act(as_erin, row, "test")
    row.refresh_from_db()
    assert not row.is_failing
    assert row.last_success_at is not None


def fail(provider: Provider) -> None:
    """So often that it is left alone."""
    for _ in range(circuits.FAILURES):
        circuits.note(provider.id, Ending(State.FAILED, error_category="auth"))
