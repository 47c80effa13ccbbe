"""The parameters of a model that was just picked."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import Conversation, LanguageModel, Provider


@pytest.fixture
def private(db: None) -> LanguageModel:
    provider = Provider.objects.create(
        name="Peak", kind="peakprivacy", base_url="https://api.example.org"
    )
    return LanguageModel.objects.create(provider=provider, model_name="swiss")


def names(html: str) -> list[str]:
    return re.findall(r'data-parameter="(\w+)"', html)


def test_it_offers_what_the_provider_documents_and_nothing_else(
    as_alice: Client, private: LanguageModel
) -> None:
    html = as_alice.get(f"/models/{private.id}/options/").content.decode()
    declared = {parameter.name for parameter in private.provider.adapter.parameters}
    assert set(names(html)) == declared
    assert len(names(html)) == len(declared)
    assert f'<div id="option-fields" data-model="{private.id}">' in html
    assert "<html" not in html


def test_the_privacy_line_comes_along(as_alice: Client, private: LanguageModel) -> None:
    html = as_alice.get(f"/models/{private.id}/options/").content.decode()
    line = html.split('id="privacy"')[1]
    assert '<span data-switch="anonymize" data-when="on">Anonymised: ' in line
    assert '<span data-switch="anonymize" data-when="off" hidden>Not anonymised: Peak' in line


def test_what_is_always_on_cannot_be_switched_off(as_alice: Client, private: LanguageModel) -> None:
    Provider.objects.update(anonymize_policy="always")
    html = as_alice.get(f"/models/{private.id}/options/").content.decode()
    box = next(tag for tag in re.findall(r"<input[^>]*>", html) if '"anonymize"' in tag)
    assert "disabled" in box
    assert "checked" in box
    assert "Your organisation has switched this on for everyone." in html


def test_the_choices_of_a_conversation_count_for_its_own_model_only(
    as_alice: Client, conversation: Conversation, private: LanguageModel
) -> None:
    conversation.parameters = {"temperature": 0.3}
    conversation.save()
    own = as_alice.get(
        f"/models/{conversation.language_model_id}/options/?conversation={conversation.id}"
    )
    other = as_alice.get(f"/models/{private.id}/options/?conversation={conversation.id}")
    assert 'value="0.3"' in own.content.decode()
    assert 'value="0.3"' not in other.content.decode()


def test_a_provider_that_is_left_alone_is_marked_and_said(
    as_alice: Client, model: LanguageModel, private: LanguageModel
) -> None:
    marked, fine = '<option value="{}"{}>{} – not answering</option>', "not answering"
    assert fine not in as_alice.get("/").content.decode()
    now = timezone.now()
    Provider.objects.filter(id=model.provider_id).update(
        failing_since=now, next_try_at=now + timedelta(minutes=5)
    )
    page = as_alice.get("/").content.decode()
    assert marked.format(model.id, " selected", "House One") in page
    assert page.count(fine) == 1
    said = "House models has not been answering since"
    assert said in warning(page)
    picked = as_alice.get(f"/models/{private.id}/options/").content.decode()
    assert warning(picked) == ""
    assert said in warning(as_alice.get(f"/models/{model.id}/options/").content.decode())


def test_once_its_time_has_come_the_next_message_tries_it(
    as_alice: Client, model: LanguageModel
) -> None:
    then = timezone.now() - timedelta(days=2)
    Provider.objects.update(failing_since=then, next_try_at=then)
    page = as_alice.get("/").content.decode()
    assert warning(page).endswith("; your message tries it again.")
    assert str(timezone.localtime(then).year) in warning(page)


def warning(html: str) -> str:
    return re.findall(r'id="model-warning"[^>]*>([^<]*)<', html)[0]
