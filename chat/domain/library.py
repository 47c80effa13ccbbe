"""Presets that administrators publish, and prompts that people keep and share with their teams."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import Conversation, LanguageModel, Preset, PromptTemplate, User
from chat.protocol import SendMessage, clean_text
from chat.providers import InvalidParameter, JSONValue, Parameter

from . import access
from .errors import Refused

# Any name but one with braces or line breaks in it.
VARIABLE = re.compile(r"\{\{[ \t]*([^{}\n]{1,80}?)[ \t]*\}\}")
MOST_SHOWN = 200


class PresetGone(Refused):
    code = "preset"
    words = gettext_lazy(
        "This preset is not available to you any more. Choose another one, or none."
    )


@dataclass(frozen=True, slots=True)
class Filled:
    """`unfilled`: the variables that still stand in the text."""

    text: str
    unfilled: list[str]


# --- Presets -------------------------------------------------------------------------------------
def presets_for(user: User) -> list[Preset]:
    """Those the person may use, in the administrators' order. One query."""
    rows = Preset.objects.usable_by(user).select_related("language_model__provider")
    return list(rows.distinct())


def begin_with(
    user: User, conversation: Conversation, command: SendMessage
) -> Mapping[str, JSONValue]:
    """Notes the preset that a new conversation begins with; gives the parameters it begins with.

    What the person chose themselves goes before the preset's. Raises PresetGone.
    """
    if not command.preset:
        return command.parameters
    try:
        preset = access.preset_use(user, command.preset)
    except access.NotFound:
        raise PresetGone from None
    conversation.preset = preset
    if preset.language_model_id != command.language_model:
        return command.parameters
    return {**preset.parameters, **command.parameters}


def parameter_problems(model: LanguageModel, parameters: object) -> list[str]:
    """What is wrong with the parameters of a preset, by what the model's provider documents."""
    if not isinstance(parameters, dict):
        return [
            _("Write names and values in braces, for example {example}.").format(
                example='{"temperature": 0.2}'
            )
        ]
    known = {parameter.name: parameter for parameter in model.provider.adapter.parameters}
    unknown = [
        _("{model} has no parameter “{name}”. It has: {known}.").format(
            model=model, name=name, known=", ".join(sorted(known))
        )
        for name in parameters
        if name not in known
    ]
    given = ((known[name], value) for name, value in parameters.items() if name in known)
    return unknown + [words for one, value in given if (words := _problem(one, value))]


def _problem(parameter: Parameter, value: JSONValue) -> str:
    """Empty: the value can be sent as it is."""
    try:
        cleaned = parameter.clean(value)
    except InvalidParameter as problem:
        return str(problem)
    if cleaned == value:
        return ""
    return _("{name}: {value} is out of range; {nearest} is the nearest that is allowed.").format(
        name=parameter.name, value=value, nearest=cleaned
    )


# --- Prompts -------------------------------------------------------------------------------------
def prompts_for(user: User, query: str = "") -> list[PromptTemplate]:
    """Own and shared ones whose title or text has every word of the query. Two queries."""
    rows = PromptTemplate.objects.visible_to(user).select_related("owner")
    for word in clean_text(query)[:200].split()[:10]:
        rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return list(rows.prefetch_related("groups")[:MOST_SHOWN])


@transaction.atomic
def save_prompt(
    user: User,
    prompt: PromptTemplate,
    groups: Iterable[Group],
) -> None:
    """A new prompt becomes the person's own. Teams are those of the person, whatever is asked."""
    if prompt.owner_id is None:
        prompt.owner = user
    prompt.save()
    prompt.groups.set(set(groups) & set(user.groups.all()))


def variables(text: str) -> list[str]:
    """The names in `{{ }}`, each once, in their order."""
    return list(dict.fromkeys(name.strip() for name in VARIABLE.findall(text) if name.strip()))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Puts the values in the place of the variables; what has none stays visible.

    A value is put in as it is: braces in it are text and not filled again.
    """
    given = {name: value for name, value in values.items() if value.strip()}

    def value_of(found: re.Match[str]) -> str:
        return given.get(found.group(1).strip(), found.group(0))

    unfilled = [name for name in variables(text) if name not in given]
    return Filled(VARIABLE.sub(value_of, text), unfilled)
