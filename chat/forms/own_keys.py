"""A key of one's own: typed once, never shown again."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.providers import InvalidSecret, Secret


class OwnKeyForm(forms.Form):
    api_key = forms.CharField(
        label=_("API key"),
        # "off" would let browsers fill in the password of this site.
        widget=forms.PasswordInput(
            render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}
        ),
        help_text=_("Stored encrypted and never shown again, not even to administrators."),
    )

    def clean_api_key(self) -> Secret:
        try:
            return Secret(self.cleaned_data["api_key"])
        except InvalidSecret as problem:
            raise ValidationError(str(problem)) from None
