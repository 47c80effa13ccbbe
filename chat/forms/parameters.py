"""The form of a model's parameters, made from what its provider documents and nothing else."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from chat.domain.policies import Choice
from chat.providers import Parameter

STEP = {"integer": "1", "number": "any"}


class ParametersForm(forms.Form):
    """Only shown: what is sent is checked again by chat.domain.policies, whatever the browser says.

    The modules read `data-parameter` and `data-kind` of each control.
    """

    def __init__(self, choices: Iterable[Choice]) -> None:
        super().__init__(prefix="parameter")
        self.choices = list(choices)
        for choice in self.choices:
            self.fields[choice.parameter.name] = _field(choice)

    def privacy(self) -> list[forms.BoundField]:
        return self._bound(lambda parameter: parameter.privacy)

    def common(self) -> list[forms.BoundField]:
        return self._bound(lambda parameter: not parameter.privacy and not parameter.advanced)

    def advanced(self) -> list[forms.BoundField]:
        return self._bound(lambda parameter: not parameter.privacy and parameter.advanced)

    def _bound(self, wanted: Any) -> list[forms.BoundField]:
        return [self[choice.parameter.name] for choice in self.choices if wanted(choice.parameter)]


def _field(choice: Choice) -> forms.Field:
    parameter = choice.parameter
    common: dict[str, Any] = {
        "label": parameter.label,
        "help_text": _help(parameter),
        "required": False,
        "initial": choice.value,
        "disabled": choice.fixed,
    }
    attributes = {"data-parameter": parameter.name, "data-kind": parameter.kind}
    if parameter.kind == "boolean":
        if choice.value is None:
            common["initial"] = parameter.default
        return forms.BooleanField(widget=forms.CheckboxInput(attributes), **common)
    if parameter.kind == "choice":
        return forms.ChoiceField(
            choices=_options(parameter), widget=forms.Select(attributes), **common
        )
    return forms.FloatField(widget=forms.NumberInput(attributes | _range(parameter)), **common)


def _help(parameter: Parameter) -> str:
    if parameter.minimum is None or parameter.maximum is None:
        return str(parameter.help)
    words = _("From {minimum} to {maximum}.")
    told = words.format(minimum=parameter.minimum, maximum=parameter.maximum)
    return f"{parameter.help} {told}".strip()


def _range(parameter: Parameter) -> dict[str, Any]:
    given = {
        "min": parameter.minimum,
        "max": parameter.maximum,
        "step": parameter.step or STEP[parameter.kind],
        "placeholder": _unless_given(parameter),
    }
    return {name: value for name, value in given.items() if value is not None}


def _unless_given(parameter: Parameter) -> Any:
    """What is taken where nobody says otherwise."""
    known = (parameter.default, parameter.usual)
    return next((value for value in known if value is not None), _("automatic"))


def _options(parameter: Parameter) -> list[tuple[str, str]]:
    return [("", "\u2013"), *((str(value), str(value)) for value in parameter.choices)]
