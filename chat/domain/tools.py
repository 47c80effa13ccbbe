"""Which tools are offered with a prompt, and the person's switch for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from chat.models import LanguageModel, Tool, User
from chat.providers import JSONValue, OfferedTool

# Not a parameter of any provider: it is kept with them, and never sent.
SWITCH = "use_tools"


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """The line in the options: which tools there are, and if the person lets them be used."""

    name: str
    tools: list[Tool]
    on: bool


def offered(
    user: User | None, model: LanguageModel | None, parameters: Mapping[str, JSONValue]
) -> list[Tool]:
    """What the person may use with this model, unless they switched tools off."""
    if user is None or model is None or parameters.get(SWITCH) is False:
        return []
    if not model.provider.adapter.supports_tools:
        return []
    return list(Tool.objects.offered_to(user, model))


def as_offered(tools: list[Tool]) -> tuple[OfferedTool, ...]:
    """The values that go to the provider."""
    return tuple(OfferedTool(tool.name, tool.description, tool.parameters) for tool in tools)


def choice_for(
    user: User, model: LanguageModel, chosen: Mapping[str, JSONValue] | None
) -> ToolChoice | None:
    """None: this model has no tools for this person, and nothing is shown."""
    tools = offered(user, model, {})
    on = (chosen or {}).get(SWITCH) is not False
    return ToolChoice(SWITCH, tools, on) if tools else None
