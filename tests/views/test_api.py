"""Other programs read the numbers with a token, and nothing but the numbers."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from chat.domain import api_tokens
from chat.domain.api_tokens import Scope
from chat.models import ApiToken, AuditEvent, Provider, User
from tests.ledger import record

SUMS, RECORDS, METRICS = "/api/v1/usage/sums/", "/api/v1/usage/records/", "/metrics"


@pytest.fixture
def token(dana: User) -> str:
    return api_tokens.make(dana, "Cost centre", list(Scope))[1]


def ask(address: str, token: str, **query: Any) -> Any:
    return Client().get(address, query, headers={"Authorization": f"Bearer {token}"})


def test_sums_are_grouped_as_asked(token: str, alice: User, bob: User) -> None:
    record(alice)
    record(alice, source="estimated")
    record(bob, source="unknown", total_tokens=None, prompt_tokens=None, completion_tokens=None)
    answer = ask(SUMS, token, group_by="user,model").json()
    assert answer["group_by"] == ["user", "model"]
    assert answer["time_zone"] == "Europe/Zurich"
    told = [
        (row["user"], row["model"], row["calls"], row["reported"], row["total_tokens"], row["cost"])
        for row in answer["rows"]
    ]
    assert told == [
        ("alice@example.org", "house-1", 2, 1, 30, None),
        ("bob@example.org", "house-1", 1, 0, None, None),
    ]


def test_records_come_in_pages(token: str, alice: User) -> None:
    ids = [record(alice, cost="0.5", currency="CHF").id for _ in range(3)]
    first = ask(RECORDS, token, limit=2).json()
    rest = ask(RECORDS, token, after=first["next"]).json()
    assert [row["id"] for row in first["records"] + rest["records"]] == ids
    assert (rest["next"], rest["records"][0]["cost"]) == (None, "0.50000000")
    assert set(first["records"][0]).isdisjoint({"content", "title", "conversation_id"})


def test_the_schema_names_every_field_of_the_answers(token: str, alice: User) -> None:
    record(alice)
    schemas = Client().get("/api/v1/schema.json").json()["components"]["schemas"]
    sums = ask(SUMS, token, group_by="day,user,team,provider,model,purpose,outcome").json()
    assert set(schemas["Sum"]["properties"]) == set(sums["rows"][0])
    records = ask(RECORDS, token).json()
    assert set(schemas["Record"]["properties"]) == set(records["records"][0])


@pytest.mark.parametrize("address", [SUMS, RECORDS, METRICS])
def test_without_a_valid_token_there_is_nothing(address: str, token: str, dana: User) -> None:
    signed_in = Client()
    signed_in.force_login(dana)
    assert signed_in.get(address).status_code == 401
    for wrong in ("", "x", token[:-1], "chatsite_" + "a" * 5000):
        assert ask(address, wrong).status_code == 401
    assert ask(address, token).status_code == 200


@pytest.mark.parametrize("ending", ["revoked", "expired", "rights", "inactive"])
def test_a_token_ends(ending: str, token: str, dana: User) -> None:
    row = ApiToken.objects.get()
    if ending == "revoked":
        api_tokens.revoke(dana, row)
    elif ending == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif ending == "rights":
        dana.user_permissions.clear()
    else:
        User.objects.filter(id=dana.id).update(is_active=False)
    assert ask(SUMS, token).status_code == 401


def test_a_scope_opens_only_what_it_says(dana: User) -> None:
    _row, plain = api_tokens.make(dana, "Prometheus", [Scope.METRICS])
    assert [ask(path, plain).status_code for path in (SUMS, RECORDS, METRICS)] == [403, 403, 200]


@pytest.mark.parametrize(
    "query",
    [
        {"group_by": "password"},
        {"first": "2026-13-01"},
        {"first": "2026-02-02", "last": "2026-02-01"},
        {"group_by": "user" * 50},
    ],
)
def test_wrong_parameters_are_told(query: dict[str, str], token: str) -> None:
    answer = ask(SUMS, token, **query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "parameters")


@pytest.mark.parametrize("query", [{"after": "-1"}, {"after": "x"}, {"limit": "9999999"}])
def test_wrong_pages_are_told(query: dict[str, str], token: str) -> None:
    assert ask(RECORDS, token, **query).status_code == 400


def test_too_many_requests_are_slowed_down(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.views.api.REQUESTS_PER_MINUTE", 2)
    assert [ask(SUMS, token).status_code for _ in range(3)] == [200, 200, 429]


def test_metrics_have_no_names_of_people(
    token: str, alice: User, provider: Provider, settings: Any
) -> None:
    record(alice, cost="1.5", currency="CHF")
    text = ask(METRICS, token).content.decode()
    assert "alice" not in text.lower()
    found = {
        (sample.name, sample.labels.get("kind", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("chatsite_")
    }
    assert found["chatsite_calls_total", ""] == 1
    assert found["chatsite_tokens_total", "prompt"] == 10
    assert found["chatsite_cost_total", ""] == 1.5
    assert found["chatsite_provider_up", ""] == 1


def test_calls_with_a_price_and_without_are_one_metric(token: str, alice: User) -> None:
    """A second sample of the same name and labels makes Prometheus refuse all of them."""
    record(alice, cost="1.5", currency="CHF")
    record(alice)
    families = text_string_to_metric_families(ask(METRICS, token).content.decode())
    samples = [sample for family in families for sample in family.samples]
    found = [(sample.name, tuple(sample.labels.items())) for sample in samples]
    assert len(found) == len(set(found))
    calls = [sample.value for sample in samples if sample.name == "chatsite_calls_total"]
    costs = [sample.value for sample in samples if sample.name == "chatsite_cost_total"]
    assert (calls, costs) == ([2], [1.5])


def test_a_token_is_shown_once_and_only_its_hash_is_kept(dana: User) -> None:
    dana.is_superuser = True
    dana.save()
    client = Client()
    client.force_login(dana)
    form = {"name": "Controlling", "scopes": ["sums"]}
    page = client.post("/admin/chat/apitoken/add/", form, follow=True).content.decode()
    row = ApiToken.objects.get()
    assert page.count("chatsite_") == 1
    assert f"ends in …{row.hint}" in page
    assert "chatsite_" not in client.get("/admin/chat/apitoken/").content.decode()
    stored = json.dumps(list(ApiToken.objects.values("name", "digest", "scopes")))
    assert "chatsite_" not in stored
    assert AuditEvent.objects.filter(verb="token_made", object_name="Controlling").count() == 1
