"""What the organisation has decided for everyone: one row with one form."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from chat.models import LanguageModel, Organisation

from .audited import Audited
from .rights import ListedLookups

ABOUT_TITLES = _(
    "After its first answer a conversation gets a title from this model. The beginnings of the "
    "question and the answer go to its provider; what was anonymised for the answer is anonymised "
    "there, too, or not sent. The call is counted. Empty: titles are made of the first words."
)


class OrganisationAdmin(Audited, ListedLookups):
    """Its list is its form."""

    fieldsets = [
        (_("Titles of conversations"), {"fields": ["title_model"]}),
        (_("Conversations"), {"fields": ["temporary_conversations", "link_days"]}),
        (_("Costs"), {"fields": ["show_costs"]}),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"title": _("Organisation"), "subtitle": None, **(extra_context or {})}
        return self.changeform_view(
            request, str(Organisation.objects.get_or_create(id=1)[0].pk), "", context
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Models that answer now."""
        if db_field.name == "title_model":
            models = LanguageModel.objects.filter(enabled=True, provider__enabled=True)
            kwargs["queryset"] = models.select_related("provider")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Without the links that add and change a model from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "title_model" and field is not None:
            field.widget = field.widget.widget
            field.help_text = ABOUT_TITLES
        return field

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Says that it was saved; back to the form, as there is no list."""
        super().response_change(request, obj)
        return redirect("admin:chat_organisation_changelist")
