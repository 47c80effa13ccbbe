"""Which parameters are sent: the adapter's declaration, the model's defaults, the policy."""

from collections.abc import Mapping
from dataclasses import dataclass

from chat.models import LanguageModel
from chat.models.provider import Policy
from chat.providers import InvalidParameter, JSONValue, Parameter

from .tools import SWITCH


@dataclass(frozen=True, slots=True)
class Choice:
    """One parameter as a form shows it: its declaration, its start value, and if it is fixed."""

    parameter: Parameter
    value: JSONValue
    fixed: bool


def choices_for(
    model: LanguageModel, chosen: Mapping[str, JSONValue] | None = None
) -> list[Choice]:
    """Every parameter that this model's provider documents, with what would be sent."""
    chosen = chosen or {}
    return [_choice(model, parameter, chosen) for parameter in model.provider.adapter.parameters]


def parameters_to_send(
    model: LanguageModel, chosen: Mapping[str, JSONValue]
) -> dict[str, JSONValue]:
    """What goes to the provider, whatever the browser asked for.

    Unknown names are dropped, values are brought into the documented range, and a privacy
    parameter under the policy *always* is on.
    """
    sent: dict[str, JSONValue] = {
        choice.parameter.name: choice.value
        for choice in choices_for(model, chosen)
        if choice.value is not None and not _means_nothing(choice)
    }
    if chosen.get(SWITCH) is False and model.provider.adapter.supports_tools:
        sent[SWITCH] = False
    return sent


def enforced(
    model: LanguageModel | None, parameters: Mapping[str, JSONValue]
) -> dict[str, JSONValue]:
    """The same, with what has been made obligatory since they were chosen."""
    known = model.provider.adapter.parameters if model is not None else ()
    private = [parameter.name for parameter in known if parameter.privacy]
    always = [name for name in private if model and model.policy_for(name) == Policy.ALWAYS]
    return {**parameters, **dict.fromkeys(always, True)}


def _means_nothing(choice: Choice) -> bool:
    """A switch that is off and has no documented default is left out, not sent as off."""
    return choice.parameter.privacy and choice.parameter.default is None and not choice.value


def _choice(model: LanguageModel, parameter: Parameter, chosen: Mapping[str, JSONValue]) -> Choice:
    default = model.default_parameters.get(parameter.name)
    if not parameter.privacy:
        value = _cleaned(parameter, chosen.get(parameter.name, default))
        return Choice(parameter, value, fixed=False)
    policy = model.policy_for(parameter.name)
    if policy == Policy.ALWAYS:
        return Choice(parameter, value=True, fixed=True)
    value = chosen.get(parameter.name)
    if not isinstance(value, bool):
        value = policy == Policy.DEFAULT
    return Choice(parameter, value, fixed=False)


def _cleaned(parameter: Parameter, value: JSONValue) -> JSONValue:
    """None, the provider's own default, for what is of no use."""
    try:
        return parameter.clean(value)
    except InvalidParameter:
        return None
