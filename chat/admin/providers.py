"""Providers: how they are reached, and their key that is entered here and never shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Max, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from chat import crypto
from chat.domain import circuits
from chat.domain.keys import enter_key, opens
from chat.models import ApiKey, LanguageModel, Provider

from .audited import Audited
from .health_page import state_of
from .provider_actions import ProviderActions
from .provider_form import ProviderForm
from .rights import ListedLookups, counted

# A provider that was left alone is tried at once when one of these has changed.
WAY_THERE = {"base_url", "completions_path", "auth_header", "kind"}


class ProviderAdmin(Audited, ProviderActions, ListedLookups):
    form = ProviderForm
    change_form_template = "admin/chat/provider/change_form.html"
    list_display = ["name", "kind_name", "enabled", "state", "key_state", "last_used"]
    list_filter = ["enabled", "kind"]
    search_fields = ["name"]
    search_help_text = _("Name")
    actions = None
    readonly_fields = ["key_state"]
    fieldsets = [
        (None, {"fields": ["name", "kind", "base_url", "enabled"]}),
        (_("Key"), {"fields": ["key_state", "api_key", "keep_others", "own_keys"]}),
        (_("Privacy"), {"fields": ["anonymize_policy", "moderate_policy"]}),
        (
            _("Rarely needed"),
            {
                "classes": ["collapse"],
                "fields": [
                    "include_usage",
                    "completions_path",
                    "models_path",
                    "auth_header",
                    "tool_role",
                ],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        keys = ApiKey.objects.usable().filter(owner=None).select_related("provider")
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.annotate(key_used=Max("api_keys__last_used_at"))
        return rows.prefetch_related(Prefetch("api_keys", keys, to_attr="organisation_keys"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look gets no field to type a key into."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        without = {**self.fieldsets[1][1], "fields": ["key_state"]}
        return [self.fieldsets[0], (self.fieldsets[1][0], without), *self.fieldsets[2:]]

    def get_urls(self) -> list[Any]:
        return [
            path("<int:pk>/test/", self.action_view(self.test), name="chat_provider_test"),
            path("<int:pk>/models/", self.action_view(self.load), name="chat_provider_load"),
            *super().get_urls(),
        ]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Keys and models go with it; those who may remove it need no further right for that."""
        return counted(
            objs,
            {
                _("API keys"): ApiKey.objects.filter(provider__in=objs),
                _("language models"): LanguageModel.objects.filter(provider__in=objs),
            },
        )

    @admin.display(description=_("kind"), ordering="kind")
    def kind_name(self, provider: Provider) -> str:
        if not provider.is_demo:
            return str(provider.get_kind_display())
        mark = gettext("demonstration")
        return format_html('{} <span class="mark">{}</span>', provider.get_kind_display(), mark)

    @admin.display(description=_("state"))
    def state(self, provider: Provider) -> str:
        words, trouble = state_of(provider)
        return format_html('<span class="trouble">{}</span>', words) if trouble else words

    @admin.display(description=_("last use"), ordering="key_used", empty_value="–")
    def last_used(self, provider: Any) -> Any:
        return provider.key_used

    @admin.display(description=_("stored key"))
    def key_state(self, provider: Provider) -> str:
        keys: list[ApiKey] = getattr(provider, "organisation_keys", [])
        if not keys:
            return pgettext("of a provider", "no key")
        if not _opens(keys[0]):
            return gettext("does not open: enter it again")
        hints = ", ".join(f"…{key.hint}" for key in keys)
        return gettext("ends in {hints}").format(hints=hints)

    @method_decorator(sensitive_variables())
    @method_decorator(sensitive_post_parameters("api_key"))
    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(*args, **kwargs)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        secret = form.cleaned_data.get("api_key")
        if secret is not None or WAY_THERE & set(form.changed_data):
            circuits.close(obj)
        if secret is not None:
            enter_key(obj, secret, request.user, keep_others=form.cleaned_data["keep_others"])
        elif not change:
            messages.warning(request, gettext("Enter its API key, then test it and load models."))
        elif _moved(form) and obj.api_keys.usable().exists():
            messages.warning(
                request,
                gettext(
                    "The address leads to another host now. The stored keys do not go there: "
                    "enter the API key again."
                ),
            )


def _opens(key: ApiKey) -> bool:
    try:
        return opens(key)
    except crypto.BadKeyRing:
        return False


def _moved(form: ProviderForm) -> bool:
    before = Provider(base_url=form.initial["base_url"])
    return "base_url" in form.changed_data and before.origin != form.instance.origin
