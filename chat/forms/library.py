"""The form of a prompt that somebody keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import PromptTemplate, User

if TYPE_CHECKING:
    Base = forms.ModelForm[PromptTemplate]
else:
    # The class knows its type parameter only in the stubs.
    Base = forms.ModelForm


class PromptForm(Base):
    """Teams are those of the person: nobody shares into a team of others."""

    class Meta:
        model = PromptTemplate
        fields = ["title", "text", "groups", "everyone"]
        labels = {"groups": _("Share with teams"), "everyone": _("Everyone may use it")}
        help_texts = {
            "text": _(
                "Write {{name}} where something is to be filled in. Each name is asked for once."
            ),
            "groups": "",
        }
        widgets = {
            "title": forms.TextInput(attrs={"autocomplete": "off"}),
            "text": forms.Textarea(attrs={"rows": 10}),
            "groups": forms.CheckboxSelectMultiple,
        }

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = user.teams
        if teams:
            self.fields["groups"] = forms.ModelMultipleChoiceField(
                teams,
                label=_("Share with teams"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        else:
            del self.fields["groups"]


class FillForm(forms.Form):
    """A box for each variable of a prompt, in their order."""

    def __init__(self, names: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(names):
            attributes = {"rows": 2} | ({"autofocus": True} if number == 0 else {})
            self.fields[f"v{number}"] = forms.CharField(
                label=name,
                required=False,
                max_length=50_000,
                strip=False,
                widget=forms.Textarea(attributes),
            )
        self.names = names

    def values(self) -> dict[str, str]:
        """By name; after validation."""
        return {
            name: str(self.cleaned_data.get(f"v{number}", ""))
            for number, name in enumerate(self.names)
        }
