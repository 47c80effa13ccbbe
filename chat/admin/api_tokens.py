"""Access tokens for other programs: made, shown once, revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.domain import api_tokens
from chat.domain.api_tokens import Scope
from chat.models import ApiToken, User

from .rights import ListedLookups

if TYPE_CHECKING:
    Form = forms.ModelForm[ApiToken]
else:
    # The class knows its type parameter only in the stubs.
    Form = forms.ModelForm


# One field with one label, in the place of Django's two without.
MOMENT = {
    "form_class": forms.DateTimeField,
    "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
}


class TokenForm(Form):
    scopes = forms.MultipleChoiceField(
        label=_("may read"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ApiToken
        fields = ["name", "scopes", "expires_at"]


class ApiTokenAdmin(ListedLookups):
    form = TokenForm
    list_display = ["name", "ending", "reads", "created_by", "created_at", "last_used_at", "state"]
    list_select_related = ["created_by"]
    search_fields = ["name"]
    search_help_text = _("Name")
    ordering = ["-created_at"]
    empty_value_display = "–"
    actions = ["revoke"]
    formfield_overrides = {DateTimeField: MOMENT}
    shown_fields = ["name", "ending", "reads", "maker", "created_at", "expires_at"]
    shown_fields += ["last_used_at", "revoked_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["name", "scopes", "expires_at"] if obj is None else self.shown_fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is made and revoked, never changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.change_apitoken")

    @admin.display(description=_("token"))
    def ending(self, token: ApiToken) -> str:
        return gettext("ends in …{hint}").format(hint=token.hint)

    @admin.display(description=_("created by"))
    def maker(self, token: ApiToken) -> str:
        """A name and no link: who makes tokens may not look at people."""
        return str(token.created_by)

    @admin.display(description=_("may read"))
    def reads(self, token: ApiToken) -> str:
        return ", ".join(str(Scope(scope).label) for scope in token.scopes)

    @admin.display(description=_("in use"), boolean=True, ordering="revoked_at")
    def state(self, token: ApiToken) -> bool:
        return token.revoked_at is None

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        made, plain = api_tokens.make(
            cast("User", request.user), obj.name, form.cleaned_data["scopes"], obj.expires_at
        )
        obj.pk, obj.hint, obj.digest = made.pk, made.hint, made.digest
        words = gettext("Copy the token now, it is never shown again: {token}")
        messages.warning(request, words.format(token=plain))

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[Any]) -> None:
        found = list(tokens.filter(revoked_at=None))
        for token in found:
            api_tokens.revoke(cast("User", request.user), token)
        words = ngettext("Revoked {count} token.", "Revoked {count} tokens.", len(found))
        self.message_user(request, words.format(count=len(found)))
