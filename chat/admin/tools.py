"""Tools for language models, with the key of an address that is entered here and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from chat.forms.secret import SecretField
from chat.models import Tool

from .audited import Audited
from .choices import TickedChoices
from .rights import ListedLookups

if TYPE_CHECKING:
    Base = forms.ModelForm[Tool]
else:
    # The class knows its type parameter only in the stubs.
    Base = forms.ModelForm


class ToolForm(Base):
    api_key = SecretField(
        label=_("Key"),
        required=False,
        help_text=_("Stored encrypted and never shown again. Empty: the stored key stays."),
    )


class ToolAdmin(Audited, TickedChoices, ListedLookups):
    form = ToolForm
    list_display = ["name", "kind", "enabled", "writes", "teams"]
    list_filter = ["kind", "enabled"]
    search_fields = ["name", "description"]
    search_help_text = _("Name or description")
    actions = None
    readonly_fields = ["key_state"]
    fieldsets = [
        (None, {"fields": ["name", "description", "kind", "enabled"]}),
        (_("What it does"), {"fields": ["function", "parameters", "writes"]}),
        (
            _("Address of the organisation"),
            {"fields": ["url", "key_state", "api_key", "key_header"]},
        ),
        (_("Who may use it"), {"fields": ["groups", "language_models"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look gets no field to type a key into."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        name, options = self.fieldsets[2]
        without = {**options, "fields": ["url", "key_state", "key_header"]}
        return [*self.fieldsets[:2], (name, without), self.fieldsets[3]]

    @admin.display(description=_("teams"))
    def teams(self, tool: Tool) -> str:
        return ", ".join(group.name for group in tool.groups.all()) or gettext("everyone")

    @admin.display(description=_("stored key"))
    def key_state(self, tool: Tool) -> str:
        if tool.sealed is None:
            return gettext("none")
        return gettext("ends in …{hint}").format(hint=tool.hint)

    @method_decorator(sensitive_variables())
    @method_decorator(sensitive_post_parameters("api_key"))
    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(*args, **kwargs)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """A key goes to the host that it was entered for, and to no other."""
        if change and Tool(url=form.initial.get("url") or "").origin != obj.origin:
            obj.sealed, obj.hint = None, ""
        if secret := form.cleaned_data.get("api_key"):
            obj.seal(secret)
        super().save_model(request, obj, form, change)
