"""Deleting all of one's conversations, or one's account."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chat.domain import leaving, limits
from chat.domain.errors import Refused, TooOften
from chat.forms.leaving import AccountForm, ConfirmationForm
from chat.live import announce
from chat.models import User

from .http import AuthenticatedHttpRequest, signed_in

ATTEMPTS_PER_MINUTE = 5


@require_http_methods(["GET", "POST"])
@signed_in
def delete_conversations(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = ConfirmationForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        removed = leaving.delete_all(request.user)
        _announce(removed, request.user.id)
        words = ngettext(
            "{count} conversation deleted.", "{count} conversations deleted.", len(removed)
        )
        messages.success(request, words.format(count=len(removed)))
        return redirect("preferences")
    ctx = {"form": form, "inventory": leaving.inventory(request.user)}
    return render(request, "chat/delete_conversations.html", ctx)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@signed_in
def delete_account(request: AuthenticatedHttpRequest) -> HttpResponse:
    user = request.user
    ctx: dict[str, object] = {"inventory": leaving.inventory(user), "refused": ""}
    try:
        leaving.check_account(user)
        if request.method == "POST":
            _check_attempts(user)
        form = AccountForm(user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            user_id = user.id
            logout(request)
            _announce(leaving.delete_account(user), user_id)
            return redirect("account_login")
        ctx["form"] = form
    except Refused as refused:
        ctx["refused"] = refused.words
    return render(request, "chat/delete_account.html", ctx)


def _check_attempts(user: User) -> None:
    """Before the form looks at the password: its page says whether that was the right one."""
    if not limits.within("leaving", user.id, ATTEMPTS_PER_MINUTE, 60):
        raise TooOften


def _announce(removed: Iterable[UUID], owner_id: int) -> None:
    for conversation_id in removed:
        announce.deleted(conversation_id, owner_id)
