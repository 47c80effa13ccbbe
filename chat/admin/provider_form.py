"""The form of a provider, with its key that can be entered and replaced but never read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html
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
            self.fields["base_url"].help_text += format_html("<br>{}", _addresses())


def _addresses() -> str:
    """Where the kinds of provider are by default. Never filled in: a key goes there."""
    named = ((label, adapter_for(kind).default_base_url) for kind, label in KINDS)
    return " · ".join(f"{label}: {url}" for label, url in named if url)
