"""People's own keys: which there are, entering one, removing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat.domain import access
from chat.domain import own_keys as domain
from chat.forms.own_keys import OwnKeyForm

from .http import AuthenticatedHttpRequest, signed_in


@require_GET
@signed_in
def own_keys(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "chat/own_keys.html", {"places": domain.places(request.user)})


@sensitive_variables()
@sensitive_post_parameters("api_key")
@require_http_methods(["GET", "POST"])
@signed_in
def enter_own_key(request: AuthenticatedHttpRequest, provider_id: int) -> HttpResponse:
    provider = access.provider_own_key(request.user, provider_id)
    form = OwnKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.enter(request.user, provider, form.cleaned_data["api_key"])
        messages.success(request, _("Your key is stored. It is used from now on."))
        return redirect("own_keys")
    return render(request, "chat/own_key.html", {"provider": provider, "form": form})


@require_POST
@signed_in
def remove_own_key(request: AuthenticatedHttpRequest, provider_id: int) -> HttpResponse:
    provider = access.provider_own_key(request.user, provider_id)
    domain.remove(request.user, provider)
    messages.success(request, _("Your key is removed. The organisation's key is used again."))
    return redirect("own_keys")
