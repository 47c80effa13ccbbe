"""The form of a model's parameters."""

import pytest

from chat.domain.policies import Choice
from chat.forms.parameters import ParametersForm
from chat.providers import KINDS, Parameter, adapter_for


def form_of(parameter: Parameter, value: object = None, *, fixed: bool = False) -> str:
    form = ParametersForm([Choice(parameter, value, fixed)])  # type: ignore[arg-type]
    return str(form[parameter.name])


def test_a_number_has_its_range() -> None:
    heat = Parameter("heat", "number", "Heat", minimum=0, maximum=2, step=0.1)
    html = form_of(heat, 0.5)
    for part in ('min="0"', 'max="2"', 'step="0.1"', 'value="0.5"', 'data-parameter="heat"'):
        assert part in html
    assert 'placeholder="automatic"' in html
    field = ParametersForm([Choice(heat, None, fixed=False)]).fields["heat"]
    assert field.help_text == "From 0 to 2."


def test_a_default_of_the_provider_is_shown_as_such() -> None:
    html = form_of(Parameter("count", "integer", "Count", default=3))
    assert 'placeholder="3"' in html
    assert 'step="1"' in html
    assert "value=" not in html


def test_what_the_provider_takes_by_itself_is_shown_where_it_is_known() -> None:
    assert 'placeholder="0"' in form_of(Parameter("bias", "number", "Bias", usual=0))


def test_a_switch_that_nobody_has_touched_is_as_documented() -> None:
    assert "checked" in form_of(Parameter("live", "boolean", "Live", default=True))
    assert "checked" not in form_of(Parameter("live", "boolean", "Live", default=True), False)
    assert "checked" not in form_of(Parameter("live", "boolean", "Live"))


def test_a_choice_can_be_left_to_the_provider() -> None:
    html = form_of(Parameter("effort", "choice", "Effort", choices=("low", "high")), "high")
    assert '<option value="">' in html
    assert '<option value="high" selected>' in html


def test_a_fixed_switch_cannot_be_moved() -> None:
    html = form_of(Parameter("safe", "boolean", "Safe", privacy=True), True, fixed=True)
    assert "checked" in html
    assert "disabled" in html


@pytest.mark.parametrize("kind", [kind for kind, _label in KINDS])
def test_every_parameter_of_every_provider_has_its_place(kind: str) -> None:
    declared = adapter_for(kind).parameters
    form = ParametersForm([Choice(parameter, None, fixed=False) for parameter in declared])
    places = [*form.privacy(), *form.common(), *form.advanced()]
    assert sorted(field.name for field in places) == sorted(form.fields)
    assert all(field.label for field in places)
