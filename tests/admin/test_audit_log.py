"""The audit log in the administration: what gets into it, who sees it, its export and proof."""

import csv
import hashlib
import io
import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from chat.admin.audit_filters import GROUPS
from chat.domain import audit, chain
from chat.models import AuditEvent, LanguageModel, Provider, User
from chat.models.audit_event import Verb
from chat.models.chain_link import Chain
from tests.conftest import PASSWORD

from .conftest import SignIn

LIST = "/admin/chat/auditevent/"


def events() -> list[tuple[str, str, str]]:
    rows = AuditEvent.objects.order_by("id")
    return [(row.verb, row.actor_email, row.object_name) for row in rows]


@pytest.fixture
def auditor(dana: User, signed_in: SignIn) -> Client:
    dana.user_permissions.clear()
    dana.groups.add(Group.objects.get(role__key="auditor"))
    return signed_in(dana)


def test_signing_in_and_out_and_failing_to_is_recorded(client: Client, alice: User) -> None:
    AuditEvent.objects.all()
    form = {"login": alice.email, "password": "wrong"}
    client.post("/accounts/login/", form, REMOTE_ADDR="192.0.2.9")
    client.post("/accounts/login/", form | {"password": PASSWORD}, REMOTE_ADDR="192.0.2.9")
    client.post("/accounts/logout/", REMOTE_ADDR="192.0.2.9")
    assert events() == [
        ("sign_in_failed", "", alice.email),
        ("signed_in", alice.email, ""),
        ("signed_out", alice.email, ""),
    ]
    assert set(AuditEvent.objects.values_list("address", flat=True)) == {"192.0.2.9"}


def test_a_changed_policy_is_recorded_with_before_and_after(
    as_erin: Client, model: LanguageModel
) -> None:
    page = f"/admin/chat/languagemodel/{model.id}/change/"
    as_erin.post(page, {"label": "New", "anonymize_policy": "always", "position": 100})
    event = AuditEvent.objects.latest("id")
    assert event.verb == Verb.POLICY_CHANGED
    changed = json.loads(event.details)["changed"]
    assert changed["anonymize_policy"] == ["", "always"]
    assert changed["label"] == ["House One", "New"]


def test_a_new_key_is_recorded_and_never_written_down(as_erin: Client, provider: Provider) -> None:
    form = {
        "name": provider.name,
        "kind": provider.kind,
        "base_url": "http://127.0.0.1:9/v1",
        "api_key": "sk-CANARY-0123456789",
        "anonymize_policy": "default",
        "moderate_policy": "off",
        "enabled": "on",
    }
    as_erin.post(f"/admin/chat/provider/{provider.id}/change/", form)
    verbs = {verb for verb, _who, _what in events()}
    assert Verb.KEY_ENTERED in verbs
    assert "CANARY" not in str(list(AuditEvent.objects.values_list()))


def test_it_is_filtered_searched_and_exported_with_a_checksum(auditor: Client, erin: User) -> None:
    audit.record(Verb.EXPORTED, erin, reason="=2+3")
    audit.record(Verb.BREAK_GLASS, erin, reason="Asked by the court")
    found = auditor.get(LIST, {"verb": "break_glass", "q": "court"}).content.decode()
    assert "Asked by the court" in found
    assert "=2+3" not in found
    body = b"".join(auditor.get(f"{LIST}export/", {"verb": "exported"}))  # type: ignore[call-overload]
    text, last = body.rsplit(b'"SHA-256"', 1)
    assert last.strip().strip(b',"').decode() == hashlib.sha256(text).hexdigest()
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row[7] for row in rows[1:]] == ["", "'=2+3"]
    assert AuditEvent.objects.latest("id").actor_email == "dana@example.org"


def test_the_auditor_verifies_it_from_the_page(auditor: Client, erin: User) -> None:
    audit.record(Verb.EXPORTED, erin)
    chain.extend(Chain.AUDIT)
    before = auditor.get(f"{LIST}verify/").content.decode()
    after = auditor.post(f"{LIST}verify/").content.decode()
    assert ("As written." in before, after.count("As written.")) == (False, 2)


@pytest.mark.parametrize("address", [LIST, f"{LIST}export/", f"{LIST}verify/"])
def test_others_do_not_see_it(address: str, dana: User, signed_in: SignIn) -> None:
    """The right to see usage alone is not enough."""
    assert signed_in(dana).get(address).status_code == 403


def test_a_role_opens_the_administration_and_its_teams_do_not(
    as_erin: Client, bob: User, signed_in: SignIn
) -> None:
    sales = Group.objects.create(name="Sales")
    role = Group.objects.get(role__key="people")
    form: dict[str, Any] = {"email": bob.email, "name": bob.name, "is_active": "on"}
    as_erin.post(f"/admin/chat/user/{bob.id}/change/", form | {"groups": [sales.id]})
    assert signed_in(bob).get("/admin/").status_code == 403
    chosen = {"groups": [sales.id], "roles": [role.id]}
    as_erin.post(f"/admin/chat/user/{bob.id}/change/", form | chosen)
    assert signed_in(bob).get("/admin/").status_code == 200
    changed = AuditEvent.objects.filter(verb="role_changed", object_id=str(bob.id)).count()
    assert (bob.team_names, changed) == (["Sales"], 2)


def test_who_looks_after_people_hands_out_teams_and_no_permission(
    bob: User, charlie: User, signed_in: SignIn
) -> None:
    bob.is_staff = True
    bob.save()
    bob.groups.add(Group.objects.get(role__key="people"))
    sales, powerful = Group.objects.create(name="Sales"), Group.objects.create(name="Powerful")
    role = Group.objects.get(role__key="auditor")
    powerful.permissions.set(role.permissions.all())
    charlie.groups.add(powerful)
    client = signed_in(bob)
    page = f"/admin/chat/user/{charlie.id}/change/"
    form = {"email": charlie.email, "name": charlie.name, "is_active": "on"}
    client.post(page, form | {"groups": [sales.id], "roles": [role.id], "is_superuser": "on"})
    charlie.refresh_from_db()
    assert (set(charlie.groups.all()), charlie.is_superuser) == ({sales, powerful}, False)
    refused = client.post(page, form | {"groups": [sales.id, role.id]})
    assert refused.status_code == 200
    assert role not in charlie.groups.all()


def test_the_filter_offers_every_verb_in_one_group() -> None:
    grouped = [verb for _name, verbs in GROUPS for verb in verbs]
    assert sorted(grouped) == sorted(Verb)


def test_it_is_filtered_by_kind_of_thing_in_words(auditor: Client, provider: Provider) -> None:
    audit.record(Verb.PROVIDER_CHANGED, None, provider, name="House models")
    audit.record(Verb.SIGNED_OUT, None)
    page = auditor.get(LIST, {"object_type": "provider"})
    assert [event.object_name for event in page.context["cl"].result_list] == ["House models"]
    assert '<a href="?object_type=provider">Provider</a>' in page.content.decode()


def test_a_change_is_told_field_by_field(auditor: Client, provider: Provider) -> None:
    changed = {"changed": {"enabled": [True, False], "name": ["A", "B"], "api_key": None}}
    event = audit.record(Verb.PROVIDER_CHANGED, None, provider, details=changed)
    page = auditor.get(f"{LIST}{event.pk}/change/").content.decode()
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)
    assert sorted(pairs) == [("api_key", "–"), ("enabled", "Yes → No"), ("name", "A → B")]
