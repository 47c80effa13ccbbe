"""In plain words, what will happen to a text before and after it is sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chat.domain.policies import Choice
from chat.models import LanguageModel


@dataclass(frozen=True, slots=True)
class PrivacyLine:
    """What is said while the switch `parameter` is on, and what while it is off.

    An empty `parameter` is said always.
    """

    parameter: str
    is_on: bool
    on: str
    off: str


def privacy_lines(
    model: LanguageModel, choices: Iterable[Choice], *, own_key: bool = False
) -> list[PrivacyLine]:
    switches = {choice.parameter.name: choice for choice in choices if choice.parameter.privacy}
    lines = [_anonymising(model, switches.get("anonymize"))]
    if moderating := switches.get("moderate_before"):
        lines.append(
            PrivacyLine(
                "moderate_before",
                moderating.value is True,
                on=_("Moderation is asked for: a text may be refused."),
                off="",
            )
        )
    if own_key:
        lines.append(PrivacyLine("", True, on=_("Your own key is used."), off=""))
    return lines


def _anonymising(model: LanguageModel, switch: Choice | None) -> PrivacyLine:
    provider = model.provider.name
    as_written = _("Not anonymised: {provider} receives your text as you write it.")
    if switch is None:
        return PrivacyLine("", True, as_written.format(provider=provider), "")
    return PrivacyLine(
        "anonymize",
        switch.value is True,
        on=_("Anonymised: personal details are replaced; the answer arrives in one piece."),
        off=as_written.format(provider=provider),
    )
