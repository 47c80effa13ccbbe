"""The parameters of a model that was just picked."""

import re

import pytest
from django.test import Client

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
    assert "<html" not in html


def test_the_privacy_line_comes_along(as_alice: Client, private: LanguageModel) -> None:
    html = as_alice.get(f"/models/{private.id}/options/").content.decode()
    line = html.split('id="privacy"')[1]
    assert 'hx-swap-oob="true"' in line
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
