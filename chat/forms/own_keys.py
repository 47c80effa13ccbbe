"""A key of one's own: typed once, never shown again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .secret import SecretField


class OwnKeyForm(forms.Form):
    api_key = SecretField(
        label=_("API key"),
        help_text=_("Stored encrypted and never shown again, not even to administrators."),
    )
