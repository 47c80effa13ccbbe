"""Prompts that are shared with teams, their variables; presets that conversations begin with."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from chat.domain import access, demonstration, library, replies
from chat.domain.library import Filled, PresetGone
from chat.models import Conversation, LanguageModel, Preset, PromptTemplate, Provider, User
from chat.protocol import SendMessage

LETTER = "Dear {{name}},\nabout {{ Größe }}: {{name}} and {{ order number }}"


@pytest.fixture
def team(bob: User) -> Group:
    group = Group.objects.create(name="Sales")
    bob.groups.add(group)
    return group


@pytest.fixture
def preset(model: LanguageModel) -> Preset:
    return Preset.objects.create(
        name="Translator",
        language_model=model,
        parameters={"temperature": 0.2, "nonsense": 1},
        system_prompt="Translate.",
    )


@transaction.atomic
def begin(user: User, model: LanguageModel, **fields: Any) -> Conversation:
    fields = {"conversation": uuid.uuid4(), "key": uuid.uuid4()} | fields
    command = SendMessage(1, text="Hello", language_model=model.id, **fields)
    return replies.send(user, command, "node").conversation


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (LETTER, ["name", "Größe", "order number"]),
        ("nothing", []),
        ("{{ }} {{}} {name} {{a\nb}} {{{x}}}", ["x"]),
        ("{{" + "x" * 81 + "}}", []),
        ("{{" * 10_000, []),
    ],
)
def test_each_name_in_braces_is_asked_for_once_and_in_order(text: str, names: list[str]) -> None:
    assert library.variables(text) == names


def test_values_are_put_in_as_they_are_and_gaps_stay_visible() -> None:
    values = {"name": "{{Größe}} \\1", "Größe": "two\nlines", "order number": "  "}
    assert library.fill(LETTER, values) == Filled(
        "Dear {{Größe}} \\1,\nabout two\nlines: {{Größe}} \\1 and {{ order number }}",
        ["order number"],
    )


def test_prompts_are_seen_by_their_owner_the_teams_or_everyone(
    alice: User, bob: User, charlie: User, team: Group
) -> None:
    own = PromptTemplate.objects.create(owner=alice, title="Own", text="x")
    shared = PromptTemplate.objects.create(owner=alice, title="Shared", text="x")
    shared.groups.add(team)
    open_ = PromptTemplate.objects.create(owner=alice, title="Open", text="x", everyone=True)
    assert library.prompts_for(alice) == [open_, own, shared]
    assert library.prompts_for(bob) == [open_, shared]
    assert library.prompts_for(charlie) == [open_]
    assert access.prompt_read(bob, shared.id) == shared
    for person, prompt in ((bob, own), (charlie, shared)):
        with pytest.raises(access.NotFound):
            access.prompt_read(person, prompt.id)
    with pytest.raises(access.NotFound):
        access.prompt_own(bob, shared.id)
    bob.groups.clear()
    with pytest.raises(access.NotFound):
        access.prompt_read(bob, shared.id)


def test_nobody_shares_into_a_team_of_others(alice: User, bob: User, team: Group) -> None:
    for person, teams in ((alice, []), (bob, [team])):
        prompt = PromptTemplate(title="T", text="x")
        library.save_prompt(person, prompt, [team])
        assert (prompt.owner, list(prompt.groups.all())) == (person, teams)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Invoice reminder", "Summary"]),
        ("REMINDER", ["Invoice reminder"]),
        ("pay invoice", ["Invoice reminder"]),
        ("nothing", []),
        ("%", []),
        ("\x00 '\" OR 1=1 --", []),
        ("a" * 10_000, []),
    ],
)
def test_a_search_wants_every_word(alice: User, query: str, found: list[str]) -> None:
    PromptTemplate.objects.create(owner=alice, title="Invoice reminder", text="Please pay")
    PromptTemplate.objects.create(owner=alice, title="Summary", text="In five points")
    assert [prompt.title for prompt in library.prompts_for(alice, query)] == found


def test_a_preset_is_offered_with_a_model_and_a_team_that_one_has(
    alice: User, bob: User, preset: Preset, team: Group, model: LanguageModel
) -> None:
    assert library.presets_for(alice) == [preset]
    preset.groups.add(team)
    assert (library.presets_for(alice), library.presets_for(bob)) == ([], [preset])
    model.groups.add(Group.objects.create(name="Others"))
    assert library.presets_for(bob) == []
    with pytest.raises(access.NotFound):
        access.preset_use(bob, preset.id)


def test_a_conversation_begins_with_the_presets_values_and_the_persons_go_before(
    alice: User, preset: Preset, model: LanguageModel
) -> None:
    plain = begin(alice, model, preset=preset.id, system_prompt="Translate.")
    assert (plain.preset, plain.parameters["temperature"]) == (preset, 0.2)
    assert plain.system_prompt == "Translate."
    assert "nonsense" not in plain.parameters
    changed = begin(alice, model, preset=preset.id, parameters={"temperature": 1.0})
    assert changed.parameters["temperature"] == 1.0


def test_a_policy_wins_over_a_preset(alice: User) -> None:
    provider = Provider.objects.create(
        name="Peak",
        kind="peakprivacy",
        base_url="https://x.example",
        anonymize_policy="always",
    )
    model = LanguageModel.objects.create(provider=provider, model_name="m")
    preset = Preset.objects.create(name="P", language_model=model, parameters={"anonymize": False})
    assert begin(alice, model, preset=preset.id).parameters["anonymize"] is True


def test_a_preset_that_was_withdrawn_begins_nothing_and_changes_nothing(
    alice: User, preset: Preset, model: LanguageModel
) -> None:
    conversation = begin(alice, model, preset=preset.id)
    Preset.objects.update(enabled=False)
    with pytest.raises(PresetGone):
        begin(alice, model, preset=preset.id)
    begin(
        alice,
        model,
        conversation=conversation.id,
        parameters=conversation.parameters,
        preset=preset.id,
    )
    preset.delete()
    conversation.refresh_from_db()
    assert (conversation.preset, conversation.parameters["temperature"]) == (None, 0.2)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, []),
        ({"temperature": 0.5}, []),
        ({"temperature": 99}, ["temperature: 99 is out of range; 2"]),
        ({"temperature": "hot"}, ["temperature must be a number"]),
        ({"tempo": 1}, ["has no parameter “tempo”. It has: "]),
        (["temperature"], ["Write names and values in braces"]),
    ],
)
def test_parameters_are_checked_against_what_the_provider_documents(
    model: LanguageModel, parameters: object, words: list[str]
) -> None:
    problems = library.parameter_problems(model, parameters)
    assert len(problems) == len(words)
    assert all(word in problem for word, problem in zip(words, problems, strict=True))


def test_the_demonstration_brings_two_presets_once_that_its_models_understand(
    alice: User, settings: Any
) -> None:
    settings.PRIVATE_PROVIDERS = ["127.0.0.1:9"]
    demonstration.set_up(9)
    presets = library.presets_for(alice)
    assert [preset.name for preset in presets] == ["Translator", "Letter to a customer"]
    for preset in presets:
        assert library.parameter_problems(preset.language_model, preset.parameters) == []
    presets[0].delete()
    demonstration.set_up(9)
    assert library.presets_for(alice) == presets[1:]
