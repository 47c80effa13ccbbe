"""What people say when they share: to whom, in which role, until when."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.share import Role


class DayField(forms.DateField):
    """Gives the moment at which the day ends, where the organisation is."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> datetime | None:
        day = super().clean(value)
        if day is None:
            return None
        try:
            end = datetime.combine(day + timedelta(days=1), time())
            return timezone.make_aware(end)
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"]) from None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return (timezone.localtime(value) - timedelta(seconds=1)).date()
        return value


class TermsForm(forms.Form):
    role = forms.ChoiceField(label=_("Access"), choices=Role.choices, initial=Role.VIEWER)
    expires_at = DayField(label=_("Until (optional)"), required=False)


class GrantForm(TermsForm):
    """`to` is the value of the button that was pressed; `q` what was typed."""

    q = forms.CharField(required=False, max_length=200)
    to = forms.CharField(required=False, max_length=40)


class LinkForm(forms.Form):
    expires_at = DayField(label=_("Valid until"))
    password = forms.CharField(
        label=_("Password (optional)"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    anonymous = forms.BooleanField(label=_("Also for people who are not signed in"), required=False)

    def __init__(self, data: Any = None, *, days: int, anonymous: bool) -> None:
        super().__init__(data, initial={"expires_at": in_days(days)})
        if not anonymous:
            del self.fields["anonymous"]


class LinkPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)
