"""Presets: model, parameters and instructions under one name, published to teams or everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.domain.library import parameter_problems
from chat.models import LanguageModel, Preset

from .audited import Audited
from .choices import TickedChoices
from .rights import ListedLookups

if TYPE_CHECKING:
    Base = forms.ModelForm[Preset]
else:
    # The class knows its type parameter only in the stubs.
    Base = forms.ModelForm


class PresetForm(Base):
    """Parameters are checked against what the chosen model's provider documents."""

    class Meta:
        model = Preset
        fields = "__all__"
        widgets = {"system_prompt": forms.Textarea(attrs={"rows": 8, "cols": 80})}
        help_texts = {
            "description": _("One line that people see below the name."),
            "parameters": _(
                'Names and values in braces, for example {"temperature": 0.2}. '
                "Empty braces: the model's own."
            ),
            "system_prompt": _("Sent before every message of a conversation begun with it."),
            "position": _("Presets with smaller numbers come first."),
        }

    def clean_parameters(self) -> object:
        """An emptied field means no parameters."""
        return self.cleaned_data.get("parameters") or {}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        model, parameters = cleaned.get("language_model"), cleaned.get("parameters")
        if isinstance(model, LanguageModel) and parameters is not None:
            problems = parameter_problems(model, parameters)
            if problems:
                self.add_error("parameters", ValidationError(problems))
        return cleaned


class PresetAdmin(Audited, TickedChoices, ListedLookups):
    form = PresetForm
    list_display = ["name", "language_model", "enabled", "teams", "position"]
    list_filter = ["enabled"]
    list_select_related = ["language_model__provider"]
    search_fields = ["name", "description"]
    search_help_text = _("Name or description")
    actions = ["publish", "withdraw"]
    fieldsets = [
        (None, {"fields": ["name", "description", "enabled"]}),
        (_("What it chooses"), {"fields": ["language_model", "parameters", "system_prompt"]}),
        (_("Who may use it"), {"fields": ["groups"]}),
        (_("Rarely needed"), {"classes": ["collapse"], "fields": ["position"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("teams"))
    def teams(self, preset: Preset) -> str:
        return ", ".join(group.name for group in preset.groups.all()) or gettext("everyone")

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._tell(request, self.switch(request, rows, enabled=True))

    @admin.action(description=_("Withdraw"), permissions=["change"])
    def withdraw(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Conversations that were begun with it go on as they are."""
        self._tell(request, self.switch(request, rows, enabled=False))

    def _tell(self, request: HttpRequest, count: int) -> None:
        words = ngettext("Changed {count} preset.", "Changed {count} presets.", count)
        self.message_user(request, words.format(count=count))
