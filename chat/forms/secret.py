"""A field for a key: typed or replaced, never shown again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chat.providers import InvalidSecret, Secret


class SecretField(forms.CharField):
    """Its value is a Secret; None: nothing was typed."""

    def __init__(self, **options: Any) -> None:
        # "off" would let browsers fill in the password of this site.
        widget = forms.PasswordInput(
            render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}
        )
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> Secret | None:
        text = super().clean(value)
        try:
            return Secret(text) if text else None
        except InvalidSecret as problem:
            raise ValidationError(str(problem)) from None
