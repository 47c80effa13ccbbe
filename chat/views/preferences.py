"""What people decide about themselves."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from chat.domain import access
from chat.forms.preferences import PreferencesForm

from .http import AuthenticatedHttpRequest, signed_in

YEAR = 365 * 86400


@require_http_methods(["GET", "POST"])
@signed_in
def preferences(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        request.user.save(update_fields=["name"])
        return _saved(request, form.cleaned_data["language"])
    may_have_keys = access.providers_for_own_keys(request.user).exists()
    return render(request, "chat/preferences.html", {"form": form, "own_keys": may_have_keys})


def _saved(request: AuthenticatedHttpRequest, language: str) -> HttpResponse:
    with translation.override(language):
        messages.success(request, translation.gettext("Saved."))
    response = redirect("preferences")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
