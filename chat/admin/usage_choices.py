"""What the filters of the usage pages offer: what the ledger has, read from its sums."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import UsageMonth, UsageTotal
from chat.models.completion import Purpose, State

from .usage_query import MEASURES, NAMES, NESTED, UsageQuery
from .usage_table import path_name


def known_models() -> list[tuple[str, str]]:
    """(provider, model) of every model that was ever called."""
    rows = UsageTotal.objects.values_list("provider_name", "model_name").distinct()
    return sorted(rows.order_by())


def known_teams() -> list[str]:
    kept = UsageMonth.objects.values_list("teams", flat=True).distinct().order_by()
    return sorted({team for teams in kept for team in teams.split(", ") if team})


def fill(query: UsageQuery) -> None:
    """Makes selects of the form's filters. Two queries."""
    models = known_models()
    fields = query.form.fields
    chosen = query.fields
    named: dict[str, list[Any]] = {
        "team": [(team, team) for team in known_teams()],
        "provider": [(name, name) for name in sorted({provider for provider, _name in models})],
        "model": [(name, name) for name in sorted({name for _provider, name in models})],
        "purpose": list(Purpose.choices),
        "outcome": list(State.choices),
    }
    for name, choices in named.items():
        offered = _with(choices, chosen.get(name, ""))
        fields[name].widget = forms.Select(choices=[("", _("All")), *offered])
    groups: list[tuple[str, Any]] = list(NAMES.items())
    groups += [(text, path_name(tuple(text.split(",")))) for text in NESTED]
    current = ",".join(query.groups)
    fields["group"].widget = forms.Select(choices=_with(groups, current, path_name(query.groups)))
    query.form.initial["group"] = current
    sizes = [(name, NAMES[name]) for name in ("day", "week", "month")]
    fields["bars"].widget = forms.Select(choices=[("", _("As fits")), *sizes])
    fields["measure"].widget = forms.Select(choices=list(MEASURES.items()))


def _with(choices: Iterable[Any], value: str, label: str = "") -> list[Any]:
    """What is chosen is always on offer."""
    known = list(choices)
    missing = value and value not in {one for one, _label in known}
    return [*known, (value, label or value)] if missing else known
