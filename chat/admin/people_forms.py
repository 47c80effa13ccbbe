"""Forms for people who sign in with their email address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    BaseUserCreationForm,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
)
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from chat.models import User

if TYPE_CHECKING:
    ChangeForm = UserChangeForm[User]
    CreationForm = BaseUserCreationForm[User]
    AdminPasswordForm = AdminPasswordChangeForm[User]
else:
    ChangeForm = UserChangeForm
    CreationForm = BaseUserCreationForm
    AdminPasswordForm = AdminPasswordChangeForm


class PasswordWidget(ReadOnlyPasswordHashWidget):
    """Only leads to the page for a new one: how it is hashed, and with what, helps nobody."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "summary": []}


class TeamsForm(ChangeForm):
    """For those who look after people: no permission can be handed out with it.

    Teams and roles are both groups to Django; here they are two lists.
    """

    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}
        labels = {"groups": _("teams")}
        help_texts = {"groups": _("Models, shares, prompts and budgets can be for a team.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            self.fields["password"].widget = PasswordWidget()
        if "groups" in self.fields:
            self.teams.queryset = self.offered_teams()

    @property
    def teams(self) -> Any:
        return self.fields["groups"]

    def offered_teams(self) -> QuerySet[Group]:
        return all_teams().filter(permissions=None)

    def clean_groups(self) -> list[Group]:
        """What this form does not offer stays as it is."""
        kept = self.instance.groups.exclude(id__in=self.teams.queryset.values("id"))
        return [*self.cleaned_data["groups"], *(kept if self.instance.pk else [])]


class UserForm(TeamsForm):
    """For administrators."""

    roles = forms.ModelMultipleChoiceField(
        Group.objects.exclude(role=None).order_by("name"),
        label=_("roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What the person may do in the administration."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["roles"] = list(self.instance.groups.exclude(role=None))

    def offered_teams(self) -> QuerySet[Group]:
        return all_teams()

    def clean_groups(self) -> list[Group]:
        """With what is ticked among the roles, which may come before or after."""
        roles = self.fields["roles"].clean(self["roles"].data or [])
        return [*self.cleaned_data["groups"], *roles]


def all_teams() -> QuerySet[Group]:
    return Group.objects.filter(role=None).order_by("name")


class UserAddForm(CreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]
        field_classes: dict[str, Any] = {}


class PasswordForm(AdminPasswordForm):
    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """A new password ends what is open under the old one."""
        user = super().save(commit)
        User.objects.filter(pk=user.pk).update(rights_version=F("rights_version") + 1)
        return user
