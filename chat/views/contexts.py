"""What templates need, the same for whole pages and for their fragments."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from chat.domain import circuits, own_keys
from chat.domain.policies import choices_for
from chat.domain.tools import ToolChoice, choice_for
from chat.domain.transcript import Transcript
from chat.forms.parameters import ParametersForm
from chat.forms.privacy import privacy_lines
from chat.models import Conversation, LanguageModel, Provider, User

from .sidebar import sidebar_for


@dataclass(frozen=True, slots=True)
class Picker:
    """The models this person may use, by provider; `lost`: the chosen one is not among them."""

    groups: list[tuple[Provider, list[LanguageModel]]]
    chosen: LanguageModel | None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """The parameters of the chosen model, what its privacy switches mean, and if it is failing."""

    model: LanguageModel
    form: ParametersForm
    privacy: list[Any] = field(default_factory=list)
    warning: str = ""
    tools: ToolChoice | None = None


def page_context(
    user: User, conversation: Conversation | None = None, transcript: Transcript | None = None
) -> dict[str, Any]:
    """The conversation page; without a conversation: the empty one that `/` shows.

    `bare`: no message yet, so the page greets instead.
    """
    sidebar = sidebar_for(user)
    wanted = conversation or (sidebar.entries[0].conversation if sidebar.entries else None)
    picker = picker_for(user, wanted)
    return {
        "conversation": conversation,
        "transcript": transcript,
        "sidebar": sidebar,
        "picker": picker,
        "options": options_for(user, picker.chosen, conversation) if picker.chosen else None,
        "bare": transcript is None or not transcript.turns,
        "suggestions": suggestions(),
        "most_characters": settings.MAX_MESSAGE_CHARACTERS,
    }


def picker_for(user: User, conversation: Conversation | None) -> Picker:
    """One query."""
    models = list(LanguageModel.objects.usable_by(user).select_related("provider"))
    wanted = conversation.language_model_id if conversation else None
    chosen = next((model for model in models if model.id == wanted), None)
    lost = wanted is not None and chosen is None
    return Picker(_by_provider(models), chosen or next(iter(models), None), lost)


def _by_provider(
    models: Iterable[LanguageModel],
) -> list[tuple[Provider, list[LanguageModel]]]:
    """The models come in the order of their providers."""
    return [
        (grouped[0].provider, grouped)
        for grouped in (
            list(group) for _id, group in groupby(models, lambda model: model.provider_id)
        )
    ]


def options_for(user: User, model: LanguageModel, conversation: Conversation | None) -> Options:
    """What was chosen in the conversation counts only for the model it was chosen for."""
    mine = conversation is not None and conversation.language_model_id == model.id
    chosen = conversation.parameters if conversation and mine else None
    choices = choices_for(model, chosen)
    warning = circuits.warning(model.provider)
    tools = choice_for(user, model, chosen)
    lines = privacy_lines(model, choices, own_key=own_keys.key_of(user, model.provider) is not None)
    return Options(model, ParametersForm(choices), lines, warning, tools)


def conversation_id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def suggestions() -> list[str]:
    """Beginnings for an empty page; they go into the message box, not to the provider."""
    return [
        _("What can you help me with?"),
        _("Draft a short, friendly reply to this message: "),
        _("Summarise this text in five points: "),
        _("Compare these in a table: "),
    ]
