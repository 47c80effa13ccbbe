"""Language models: what people may choose from, and who."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.models import LanguageModel

from .audited import Audited
from .choices import TickedChoices
from .rights import ListedLookups


class LanguageModelAdmin(Audited, TickedChoices, ListedLookups):
    list_display = ["name", "provider", "model_name", "enabled", "teams"]
    list_filter = ["provider", "enabled"]
    list_select_related = ["provider"]
    search_fields = ["model_name", "label"]
    search_help_text = _("Name or label")
    actions = ["enable", "disable"]
    fieldsets = [
        (None, {"fields": ["provider", "model_name", "label", "enabled"]}),
        (_("Who may use it"), {"fields": ["groups"]}),
        (_("Privacy"), {"fields": ["anonymize_policy", "moderate_policy"]}),
        (
            _("Rarely needed"),
            {
                "classes": ["collapse"],
                "fields": ["position", "context_window", "default_parameters"],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ledger and conversations know a model by provider and name: these two stay."""
        return ["provider", "model_name"] if obj else []

    @admin.display(description=_("label"), ordering="label")
    def name(self, model: LanguageModel) -> str:
        return str(model)

    @admin.display(description=_("teams"))
    def teams(self, model: LanguageModel) -> str:
        return ", ".join(group.name for group in model.groups.all()) or gettext("everyone")

    @admin.action(description=_("Enable"), permissions=["change"])
    def enable(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._tell(request, self.switch(request, rows, enabled=True))

    @admin.action(description=_("Disable"), permissions=["change"])
    def disable(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._tell(request, self.switch(request, rows, enabled=False))

    def _tell(self, request: HttpRequest, count: int) -> None:
        words = ngettext("Changed {count} model.", "Changed {count} models.", count)
        self.message_user(request, words.format(count=count))
