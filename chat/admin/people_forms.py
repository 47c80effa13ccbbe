"""Forms for people who sign in with their email address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    BaseUserCreationForm,
    UserChangeForm,
)
from django.db import transaction
from django.db.models import F

from chat.models import User

if TYPE_CHECKING:
    ChangeForm = UserChangeForm[User]
    CreationForm = BaseUserCreationForm[User]
    AdminPasswordForm = AdminPasswordChangeForm[User]
else:
    ChangeForm = UserChangeForm
    CreationForm = BaseUserCreationForm
    AdminPasswordForm = AdminPasswordChangeForm


class UserForm(ChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}


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
