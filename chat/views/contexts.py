"""What templates need, the same for whole pages and for their fragments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from chat.domain import attachments, budgets, circuits, drafts, library, notices, own_keys
from chat.domain.policies import choices_for
from chat.domain.tools import ToolChoice, choice_for
from chat.domain.transcript import Transcript
from chat.forms.parameters import ParametersForm
from chat.forms.privacy import privacy_lines
from chat.models import Conversation, LanguageModel, Organisation, Provider, User
from chat.providers import JSONValue

from .roles import NEW, role_context
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
    user: User,
    conversation: Conversation | None = None,
    transcript: Transcript | None = None,
    *,
    opened: str = "",
) -> dict[str, Any]:
    """The conversation page; without a conversation: the empty one that `/` shows.

    `bare`: no message yet, so the page greets instead. `opened`: lists of the sidebar.
    """
    sidebar = sidebar_for(user, opened)
    picker = picker_for(user, conversation or sidebar.newest)
    return {
        "conversation": conversation,
        "transcript": transcript,
        "sidebar": sidebar,
        "draft": drafts.read(user, conversation),
        "picker": picker,
        "options": options_for(user, picker.chosen, conversation) if picker.chosen else None,
        "bare": transcript is None or not transcript.turns,
        "suggestions": suggestions(),
        "new_notices": notices.count(user),
        "most_characters": settings.MAX_MESSAGE_CHARACTERS,
        **(role_context(user, conversation) if conversation else NEW),
        **composer_context(user, conversation),
    }


def composer_context(user: User, conversation: Conversation | None) -> dict[str, Any]:
    """Files that wait beside the message box, and presets where a conversation begins."""
    return {
        "attachments": attachments.unsent(user, conversation),
        "most_attachments": settings.MAX_ATTACHMENTS,
        "most_attachment_bytes": settings.MAX_ATTACHMENT_BYTES,
        "presets": [] if conversation else library.presets_for(user),
        "left": budgets.scarcest_for(user),
        "may_be_temporary": not conversation and Organisation.current().temporary_conversations,
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


def options_for(
    user: User,
    model: LanguageModel,
    conversation: Conversation | None,
    chosen: Mapping[str, JSONValue] | None = None,
) -> Options:
    """What was chosen in the conversation counts only for the model it was chosen for."""
    if conversation is not None and conversation.language_model_id == model.id:
        chosen = conversation.parameters
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
