"""Requests of people who are signed in, and the guard that makes them so."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.middleware import HtmxDetails

from chat.models import User

P = ParamSpec("P")


class AuthenticatedHttpRequest(HttpRequest):
    user: User
    htmx: HtmxDetails


def signed_in(
    view: Callable[Concatenate[AuthenticatedHttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Pages send people to the sign-in; fragments answer 401, which the browser's modules tell."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if isinstance(request.user, User):
            return view(cast("AuthenticatedHttpRequest", request), *args, **kwargs)
        if request.headers.get("HX-Request"):
            return _sign_in_first(request)
        return redirect_to_login(request.get_full_path())

    return guarded


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """A fragment's own address is no place to come back to: the page that asked for it is."""
    page = HtmxDetails(request).current_url_abs_path or "/"
    address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}"
    return HttpResponse(status=401, headers={"HX-Redirect": address})
