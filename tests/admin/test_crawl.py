"""Every page of the administration, as every role: who gets in, and that nobody reads content."""

import logging
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import providers
from chat.domain import invoices, keys, ledger
from chat.models import (
    Completion,
    Conversation,
    Invoice,
    LanguageModel,
    Message,
    Provider,
    UsageRecord,
    User,
)
from tests.ledger import record

from .conftest import SignIn

CONTENT = (
    "CANARY-TITLE",
    "CANARY-INSTRUCTIONS",
    "CANARY-PROMPT",
    "CANARY-ANSWER",
    "CANARY-THOUGHT",
)
KEY = "sk-CANARY-0123456789abcdef"
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'

OPEN_TO_FRANK = {"provider", "languagemodel", "apikey"}


@pytest.fixture
def world(alice: User, erin: User, provider: Provider, model: LanguageModel) -> Conversation:
    """A conversation, a ledger and a key whose every text would be recognised."""
    keys.enter_key(provider, providers.Secret(KEY), erin)
    conversation = Conversation.objects.create(
        owner=alice, title=CONTENT[0], system_prompt=CONTENT[1], language_model=model
    )
    completion = Completion.objects.create(conversation=conversation, user=alice, model_name="m")
    Message.objects.create(conversation=conversation, role="user", content=CONTENT[2], author=alice)
    Message.objects.create(
        conversation=conversation,
        role="assistant",
        content=CONTENT[3],
        reasoning=CONTENT[4],
        completion=completion,
    )
    row = record(alice, conversation_id=str(conversation.id))
    ledger.correct_by(erin, row, {"total_tokens": -1}, "miscounted")
    invoices.enter(erin, "House models", date(2026, 3, 1), amount=Decimal(1), currency="CHF")
    return conversation


def addresses() -> dict[str, str]:
    """The paths of all pages, by "table page"; rows by the first row there is."""
    found = {
        "index": "/admin/",
        "app": "/admin/chat/",
        "health": "/admin/health/",
        "usage": "/admin/usage/",
        "export": "/admin/usage/export/csv/",
        "records": "/admin/chat/usagerecord/export/csv/",
        "person": f"/admin/usage/?user={User.objects.get(email='alice@example.org').id}",
        "nested": "/admin/usage/?group=team,user,model&measure=calls",
        "report": f"/admin/usage/report/?month={timezone.localdate():%Y-%m}",
        "invoices": "/admin/usage/invoices/",
        "invoice": f"/admin/usage/invoices/{Invoice.objects.get().id}/",
        "enter": "/admin/usage/invoices/enter/?provider=House models&month=2026-03",
        "correct": f"/admin/chat/usagerecord/{UsageRecord.objects.order_by('pk')[0].pk}/correct/",
        "jsi18n": "/admin/jsi18n/",
    }
    for model in admin.site._registry:
        label, name = model._meta.app_label, model._meta.model_name
        # The groups of roles are no teams.
        shown = {"role": None} if model is Group else {}
        row = model._default_manager.filter(**shown).order_by("pk").first()
        found[f"{name} changelist"] = reverse(f"admin:{label}_{name}_changelist")
        found[f"{name} add"] = reverse(f"admin:{label}_{name}_add")
        if row is not None:
            for page in ("change", "history", "delete"):
                found[f"{name} {page}"] = reverse(f"admin:{label}_{name}_{page}", args=[row.pk])
    return found


def crawl(client: Client) -> dict[str, tuple[int, str]]:
    pages = {}
    for name, path in addresses().items():
        page = client.get(path)
        body = b"".join(page.streaming_content) if page.streaming else page.content  # type: ignore[arg-type]
        pages[name] = (page.status_code, body.decode())
    return pages


def opened(pages: dict[str, tuple[int, str]]) -> set[str]:
    return {name for name, (status, _) in pages.items() if status == 200}


def statuses(pages: dict[str, tuple[int, str]]) -> set[int]:
    return {status for status, _ in pages.values()}


def test_an_administrator_opens_everything_but_reads_nothing(
    world: Conversation, as_erin: Client
) -> None:
    pages = crawl(as_erin)
    assert statuses(pages) == {200, 403}
    assert set(pages) - opened(pages) == {
        "apikey add",
        "apikey delete",
        "auditevent add",
        "auditevent delete",
        "organisation add",
        "conversation add",
        "conversation delete",
        "usagerecord add",
        "usagerecord delete",
    }
    assert leaks(pages) == []


def test_the_auditor_opens_numbers_only(world: Conversation, as_dana: Client) -> None:
    pages = crawl(as_dana)
    assert opened(pages) == {
        "index",
        "usage",
        "export",
        "records",
        "person",
        "nested",
        "report",
        "invoices",
        "invoice",
        "jsi18n",
        "app",
        "usagerecord changelist",
        "usagerecord change",
        "usagerecord history",
    }
    assert statuses(pages) == {200, 403}
    assert leaks(pages) == []


def test_who_looks_after_providers_sees_no_people_and_no_numbers(
    world: Conversation, frank: User, signed_in: SignIn
) -> None:
    pages = crawl(signed_in(frank))
    assert {name.split()[0] for name in opened(pages)} == OPEN_TO_FRANK | {
        "index",
        "app",
        "jsi18n",
        "health",
    }
    assert leaks(pages) == []
    assert [name for name, (_, text) in pages.items() if "/admin/chat/user/" in text] == []


def test_staff_without_a_permission_see_an_empty_page(
    world: Conversation, bob: User, signed_in: SignIn
) -> None:
    bob.is_staff = True
    bob.save()
    pages = crawl(signed_in(bob))
    assert opened(pages) == {"index", "jsi18n"}
    assert leaks(pages) == []


def test_everybody_else_stays_outside(
    world: Conversation, alice: User, client: Client, signed_in: SignIn
) -> None:
    assert statuses(crawl(signed_in(alice))) == {403}
    assert statuses(crawl(client)) <= {302}


def test_nobody_posts_where_rows_only_grow(world: Conversation, as_erin: Client) -> None:
    for name, path in addresses().items():
        table, _, page = name.partition(" ")
        if table in {"usagerecord", "conversation"} and page in {"add", "change", "delete"}:
            assert as_erin.post(path, {"post": "yes"}).status_code == 403
    for table in ("usagerecord", "conversation", "user", "provider"):
        path = f"/admin/chat/{table}/"
        fields = {"action": "delete_selected", "_selected_action": ["1"], "post": "yes"}
        as_erin.post(path, fields)
    assert Conversation.objects.count() == 1
    assert User.objects.count() == 2
    assert Provider.objects.count() == 1


def test_hostile_names_are_shown_as_text(
    world: Conversation, alice: User, as_erin: Client, model: LanguageModel
) -> None:
    User.objects.filter(id=alice.id).update(name=HOSTILE[:100])
    LanguageModel.objects.update(label=HOSTILE[:100], model_name=HOSTILE)
    Provider.objects.update(name=HOSTILE[:80], base_url="http://x/" + HOSTILE)
    alice.refresh_from_db()
    record(alice, model_name=HOSTILE, provider_name=HOSTILE[:80], teams=HOSTILE)
    pages = crawl(as_erin)
    for name, (_, text) in pages.items():
        if name not in {"export", "records"}:
            assert "<img src=x" not in text, name
            assert "<script>alert" not in text, name


def test_no_page_has_anything_inline(world: Conversation, as_erin: Client) -> None:
    """What the Content-Security-Policy would stop."""
    for name, (status, text) in crawl(as_erin).items():
        if status == 200 and "html" in text[:100]:
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text), name


def test_a_key_is_nowhere_but_sealed(
    world: Conversation, as_erin: Client, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = f"/admin/chat/provider/{provider.id}/change/"
    fields = {"name": "", "kind": "grayswan", "base_url": provider.base_url, "api_key": KEY}
    refused = as_erin.post(path, fields).content.decode()
    as_erin.post(
        path, {**fields, "name": "House", "anonymize_policy": "off", "moderate_policy": "off"}
    )
    key = provider.api_keys.usable().get()
    assert key.hint == KEY[-4:]
    pages = {**crawl(as_erin), "refused": (200, refused)}
    seen = [repr(key), str(key), repr(provider), repr(LogEntry.objects.values_list()), caplog.text]
    seen += [text for _, text in pages.values()]
    assert [text[:80] for text in seen if "CANARY-0123" in text or KEY in text] == []
    assert KEY not in everything_stored()


def leaks(pages: dict[str, tuple[int, str]]) -> list[tuple[str, str]]:
    words = (*CONTENT, KEY, "CANARY")
    return [(name, word) for name, (_, text) in pages.items() for word in words if word in text]


def everything_stored() -> str:
    """All rows of all tables as text; what the search index holds is in tables beside it."""
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - {"chat_search"}:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += cursor.fetchall()
    return repr(rows)
