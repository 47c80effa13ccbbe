"""Filters of the ledger's list that read their choices from the sums: not from a million rows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.domain.periods import Period, Span
from chat.domain.usage_sums import in_team

from .usage_choices import known_models, known_teams


class DaysFilter(admin.SimpleListFilter):
    title = _("time")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [one for one in Span.choices if one[0] != Span.CUSTOM]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = self.value() in Span.values
        return (
            queryset.filter(Period.of(self.value() or "").contains("created_at"))
            if known
            else queryset
        )


class OfColumn(admin.SimpleListFilter):
    """A column whose value is what was chosen, whether it is still on offer or not."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset

    def with_chosen(self, names: list[str]) -> list[tuple[str, str]]:
        """Django applies no filter that has nothing to offer."""
        chosen = str(self.used_parameters.get(str(self.parameter_name)) or "")
        return [(name, name) for name in sorted({*names, chosen} - {""})]


class ProviderFilter(OfColumn):
    title = _("provider")
    parameter_name = "provider_name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return self.with_chosen([provider for provider, _model in known_models()])


class ModelFilter(OfColumn):
    title = _("model")
    parameter_name = "model_name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return self.with_chosen([model for _provider, model in known_models()])


class TeamFilter(OfColumn):
    title = _("team")
    parameter_name = "team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return self.with_chosen(known_teams())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(in_team(self.value() or "")) if self.value() else queryset
