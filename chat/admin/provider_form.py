"""The form of a provider, with its key that can be entered and replaced but never read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chat.models import Provider
from chat.providers import KINDS, InvalidSecret, Secret, adapter_for

if TYPE_CHECKING:
    Base = forms.ModelForm[Provider]
else:
    # The class knows its type parameter only in the stubs.
    Base = forms.ModelForm


class ProviderForm(Base):
    api_key = forms.CharField(
        label=_("API key"),
        required=False,
        # "off" would let browsers fill in the password of this site.
        widget=forms.PasswordInput(
            render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}
        ),
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

    def clean_api_key(self) -> Secret | None:
        text = self.cleaned_data["api_key"]
        if not text:
            return None
        try:
            return Secret(text)
        except InvalidSecret as problem:
            raise ValidationError(str(problem)) from None

    @property
    def secret(self) -> Secret | None:
        """What was typed into the key field, if anything was."""
        entered = self.cleaned_data.get("api_key")
        return entered if isinstance(entered, Secret) else None


def _addresses() -> str:
    """Where the kinds of provider are by default. Never filled in: a key goes there."""
    named = ((label, adapter_for(kind).default_base_url) for kind, label in KINDS)
    return " · ".join(f"{label}: {url}" for label, url in named if url)
