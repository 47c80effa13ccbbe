"""What the owner can change about a conversation."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RenameForm(forms.Form):
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
