"""The prompt library over HTTP, and the options of a preset."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from chat.models import Conversation, LanguageModel, Preset, PromptTemplate, User

FORM = {"title": "Reminder", "text": "Dear {{name}}"}


@pytest.fixture
def prompt(alice: User) -> PromptTemplate:
    return PromptTemplate.objects.create(owner=alice, **FORM)


def test_a_prompt_is_written_changed_and_deleted_by_its_owner(
    as_alice: Client, alice: User
) -> None:
    team = Group.objects.create(name="Sales")
    alice.groups.add(team)
    assert as_alice.post("/prompts/new/", {**FORM, "groups": [team.id]}).status_code == 302
    prompt = PromptTemplate.objects.get()
    assert (prompt.owner, list(prompt.groups.all())) == (alice, [team])
    page = as_alice.get("/prompts/").content.decode()
    assert "Reminder" in page
    assert "Sales" in page
    as_alice.post(f"/prompts/{prompt.id}/", {"title": "Other", "text": "x", "everyone": "on"})
    prompt.refresh_from_db()
    assert (prompt.title, prompt.everyone, prompt.groups.count()) == ("Other", True, 0)
    assert "“Other”" in as_alice.get(f"/prompts/{prompt.id}/delete/").content.decode()
    as_alice.post(f"/prompts/{prompt.id}/delete/")
    assert not PromptTemplate.objects.exists()


def test_an_unfinished_prompt_is_not_saved_and_says_why(as_alice: Client) -> None:
    page = as_alice.post("/prompts/new/", {"title": "", "text": ""})
    assert page.status_code == 200
    assert page.content.decode().count("field-error") == 2
    assert not PromptTemplate.objects.exists()


def test_others_use_what_is_shared_and_change_nothing(
    as_charlie: Client, prompt: PromptTemplate
) -> None:
    addresses = [f"/prompts/{prompt.id}/", f"/prompts/{prompt.id}/delete/"]
    for address in [*addresses, f"/prompts/{prompt.id}/use/"]:
        assert as_charlie.get(address).status_code == 404
        assert as_charlie.post(address, FORM).status_code == 404
    PromptTemplate.objects.update(everyone=True)
    assert as_charlie.get(f"/prompts/{prompt.id}/use/").status_code == 200
    for address in addresses:
        assert as_charlie.post(address, FORM).status_code == 404
        assert address not in as_charlie.get("/prompts/").content.decode()
    assert "By Alice Adler" in as_charlie.get("/prompts/").content.decode()


def test_a_prompt_asks_for_its_variables_and_gives_the_text(
    as_alice: Client, prompt: PromptTemplate
) -> None:
    address = f"/prompts/{prompt.id}/use/"
    assert '<label for="id_v0">name</label>' in as_alice.get(address).content.decode()
    filled = as_alice.post(address, {"v0": "Bob\nBrunner"}).json()
    assert filled == {"text": "Dear Bob\nBrunner", "unfilled": []}
    assert as_alice.post(address).json() == {"text": "Dear {{name}}", "unfilled": ["name"]}


def test_the_list_beside_the_message_box_says_how_much_is_to_be_filled_in(
    as_alice: Client, prompt: PromptTemplate
) -> None:
    listed = as_alice.get("/prompts/choices/").content.decode()
    assert f'data-variables="1" data-address="/prompts/{prompt.id}/use/"' in listed


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("address", ["/prompts/", "/prompts/choices/"])
def test_lists_cost_the_same_for_one_prompt_and_for_thirty(
    as_alice: Client,
    alice: User,
    number: int,
    address: str,
    django_assert_num_queries: Any,
) -> None:
    team = Group.objects.create(name="Sales")
    for index in range(number):
        prompt = PromptTemplate.objects.create(owner=alice, title=f"P{index}", text="x")
        prompt.groups.add(team)
    with django_assert_num_queries(4):
        as_alice.get(address)


def test_a_preset_brings_its_model_values_and_instructions(
    as_alice: Client, model: LanguageModel
) -> None:
    preset = Preset.objects.create(
        name="Translator",
        language_model=model,
        parameters={"temperature": 0.25},
        system_prompt="Translate </textarea> this.",
    )
    page = as_alice.get("/").content.decode()
    assert f'data-preset="{preset.id}"' in page
    options = as_alice.get(f"/presets/{preset.id}/options/").content.decode()
    assert f'id="option-fields" data-model="{model.id}"' in options
    assert 'value="0.25"' in options
    assert "Translate &lt;/textarea&gt; this." in options
    Preset.objects.update(enabled=False)
    assert as_alice.get(f"/presets/{preset.id}/options/").status_code == 404
    assert "data-preset=" not in as_alice.get("/").content.decode()


def test_a_conversation_names_the_preset_that_it_was_begun_with(
    as_alice: Client, conversation: Conversation, model: LanguageModel
) -> None:
    conversation.preset = Preset.objects.create(name="Translator", language_model=model)
    conversation.save()
    Preset.objects.update(enabled=False)
    page = as_alice.get(f"/c/{conversation.id}/").content.decode()
    assert "Begun with the preset “Translator”." in page
