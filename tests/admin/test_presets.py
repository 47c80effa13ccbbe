"""Presets in the administration: checked against the chosen model, published and withdrawn."""

import pytest
from django.test import Client

from chat.models import AuditEvent, LanguageModel, Preset, User

FORM = {
    "name": "Translator",
    "description": "Any text",
    "enabled": "on",
    "system_prompt": "Translate.",
    "position": "1",
}


@pytest.fixture
def as_erin(erin: User, client: Client) -> Client:
    client.force_login(erin)
    return client


def add(client: Client, model: LanguageModel, parameters: str) -> str:
    form = {**FORM, "language_model": model.id, "parameters": parameters}
    return client.post("/admin/chat/preset/add/", form).content.decode()


def test_a_preset_is_published_with_what_its_model_understands(
    as_erin: Client, model: LanguageModel
) -> None:
    add(as_erin, model, '{"temperature": 0.2}')
    preset = Preset.objects.get()
    assert (preset.name, preset.language_model, preset.parameters, preset.enabled) == (
        "Translator",
        model,
        {"temperature": 0.2},
        True,
    )
    add(as_erin, model, "")
    assert Preset.objects.count() == 1


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ('{"temperature": 99}', "temperature: 99 is out of range"),
        ('{"tempo": 1}', "has no parameter “tempo”"),
        ("[1]", "Write names and values in braces"),
        ("{", "valid JSON"),
    ],
)
def test_parameters_that_the_model_does_not_take_are_refused(
    as_erin: Client, model: LanguageModel, parameters: str, words: str
) -> None:
    page = add(as_erin, model, parameters)
    assert words in page.replace("&quot;", '"')
    assert not Preset.objects.exists()


def test_presets_are_withdrawn_and_published_from_the_list(
    as_erin: Client, model: LanguageModel
) -> None:
    preset = Preset.objects.create(name="Translator", language_model=model)
    for action, enabled in (("withdraw", False), ("publish", True)):
        form = {"action": action, "_selected_action": [preset.id]}
        page = as_erin.post("/admin/chat/preset/", form, follow=True).content.decode()
        assert "Changed 1 preset." in page
        preset.refresh_from_db()
        assert preset.enabled is enabled
    assert "everyone" in as_erin.get("/admin/chat/preset/").content.decode()
    events = AuditEvent.objects.filter(object_type="preset").order_by("id")
    assert list(events.values_list("verb", "object_name", "details")) == [
        ("setting_changed", "Translator", '{"changed": {"enabled": [true, false]}}'),
        ("setting_changed", "Translator", '{"changed": {"enabled": [false, true]}}'),
    ]
