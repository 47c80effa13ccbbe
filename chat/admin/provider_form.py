"""The form of a provider, with its key that can be entered and replaced but never read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.forms.secret import SecretField
from chat.models import Provider
from chat.providers import KINDS, adapter_for

if TYPE_CHECKING:
    Base = forms.ModelForm[Provider]
else:
    # The class knows its type parameter only in the stubs.
    Base = forms.ModelForm


class ProviderForm(Base):
    api_key = SecretField(
        label=_("API key"),
        required=False,
        help_text=_("Stored encrypted and never shown again. Empty: the stored key stays."),
    )
    keep_others = forms.BooleanField(
        label=_("Keep the present key as a spare"),
        required=False,
        help_text=_("It is used when the new one is refused or its allowance is used up."),
    )

    class Meta:
        model = Provider
        fields = [
            "name",
            "kind",
            "base_url",
            "enabled",
            "anonymize_policy",
            "moderate_policy",
            "own_keys",
            "include_usage",
            "completions_path",
            "models_path",
            "auth_header",
            "tool_role",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "base_url" in self.fields:
            self.fields["base_url"].required = False
            self.fields["base_url"].help_text += format_html("<br>{}<br>{}", *_addresses())

    def clean_base_url(self) -> str:
        """Left empty it is the service's own, where there is only one."""
        url: str = self.cleaned_data["base_url"]
        kind = self.cleaned_data.get("kind")
        if url or kind is None:
            return url
        adapter = adapter_for(kind)
        if not adapter.is_one_service:
            raise ValidationError(self.fields["base_url"].error_messages["required"], "required")
        return adapter.default_base_url


def _addresses() -> tuple[str, str]:
    """Where the kinds of provider are, and which of them need not be told."""
    adapters = [adapter_for(kind) for kind, _label in KINDS]
    places = " · ".join(f"{each.label}: {each.default_base_url}" for each in adapters)
    known = [each.label for each in adapters if each.is_one_service]
    words = gettext("It may be left empty for {names}.")
    return places, words.format(names=get_text_list(known, gettext("and")))
