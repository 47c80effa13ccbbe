"""The demonstration providers: rows that point at the demonstration server on this machine."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chat.demo.router import PREFIXES
from chat.models import LanguageModel, Preset, Provider
from chat.models.provider import Policy
from chat.providers import Secret

from .keys import enter_key, opens

KEY = "demo-key"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Sample:
    """`models` are pairs of model name and label."""

    kind: str
    name: str
    models: tuple[tuple[str, str], ...]


SAMPLES = (
    Sample(
        "peakprivacy",
        "Peak Privacy (demonstration)",
        (
            ("mistral-swiss", "Mistral Swiss"),
            ("mistral-medium", "Mistral Medium"),
            ("gpt-4", "GPT-4"),
        ),
    ),
    Sample(
        "grayswan",
        "Gray Swan (demonstration)",
        (("cygnet", "Cygnet"), ("cygnet-v0.2", "Cygnet 0.2")),
    ),
    Sample(
        "openai_compatible",
        "OpenAI-compatible (demonstration)",
        (("demo-chat", "Demo Chat"), ("demo-reasoning", "Demo Reasoning")),
    ),
)


@dataclass(frozen=True, slots=True)
class SamplePreset:
    model_name: str
    temperature: float
    name: Promise
    description: Promise
    instructions: Promise


PRESETS = (
    SamplePreset(
        "mistral-swiss",
        0.2,
        _("Translator"),
        _("Any text into English, German, French or Italian"),
        _(
            "Translate what you are given. Into German if it is in another language, else into "
            "English, unless you are told otherwise. Keep names, figures and the layout. "
            "Write the translation only."
        ),
    ),
    SamplePreset(
        "mistral-medium",
        0.7,
        _("Letter to a customer"),
        _("A friendly, clear letter from a few notes"),
        _(
            "Write a letter to a customer from the notes that you are given. Friendly and clear, "
            "in short sentences, in the language of the notes. Make nothing up: where something "
            "is missing, put it in square brackets."
        ),
    ),
)


@transaction.atomic
def set_up(port: int) -> list[str]:
    """Makes the providers that are missing and lets all of them point at `port`.

    Returns the names of those that are new. What an administrator changed since stays: only the
    address and its key follow the port. Providers that were all switched off come back.
    """
    existing = {row.kind: row for row in Provider.objects.filter(is_demo=True)}
    if existing and not any(row.enabled for row in existing.values()):
        Provider.objects.filter(is_demo=True).update(enabled=True)
    made = [_make(sample, port) for sample in SAMPLES if sample.kind not in existing]
    for row in existing.values():
        _point(row, port)
    return made


def switch_off() -> int:
    """Takes the demonstration out of the choice of models; conversations keep their history."""
    return Provider.objects.filter(is_demo=True, enabled=True).update(enabled=False)


def _make(sample: Sample, port: int) -> str:
    provider = Provider.objects.create(
        name=_free_name(sample.name),
        kind=sample.kind,
        base_url=_base_url(sample.kind, port),
        anonymize_policy=Policy.DEFAULT,
        is_demo=True,
    )
    enter_key(provider, Secret(KEY), None)
    LanguageModel.objects.bulk_create(
        LanguageModel(provider=provider, model_name=name, label=label, position=position)
        for position, (name, label) in enumerate(sample.models, start=1)
    )
    _publish(provider)
    return provider.name


def _publish(provider: Provider) -> None:
    """Once, with the provider: what an administrator removes does not come back."""
    models = {model.model_name: model for model in provider.language_models.all()}
    for position, sample in enumerate(PRESETS, start=1):
        if model := models.get(sample.model_name):
            Preset.objects.get_or_create(
                name=str(sample.name),
                defaults={
                    "description": str(sample.description),
                    "language_model": model,
                    "parameters": {"temperature": sample.temperature},
                    "system_prompt": str(sample.instructions),
                    "position": position,
                },
            )


def _point(provider: Provider, port: int) -> None:
    """The key is bound to the address, so it is sealed anew with every change of the port."""
    url = _base_url(provider.kind, port)
    if provider.base_url != url:
        provider.base_url = url
        provider.save(update_fields=["base_url"])
    key = provider.api_keys.usable().filter(owner=None).first()
    if key is None or not opens(key):
        enter_key(provider, Secret(KEY), None)


def _free_name(name: str) -> str:
    """Somebody may have given this name to a provider of their own."""
    taken = set(Provider.objects.values_list("name", flat=True))
    number = 2
    free = name
    while free in taken:
        free = f"{name} {number}"
        number += 1
    return free


def _base_url(kind: str, port: int) -> str:
    return f"http://{HOST}:{port}{PREFIXES[kind]}"
