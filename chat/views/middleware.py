"""Headers that every answer gets, errors included."""

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from chat.domain import audit

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

Answer = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class Middleware:
    """For either kind of server: awaited where what comes next is."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self.later(request) if self.is_async else self.now(request)

    def now(self, request: HttpRequest) -> HttpResponseBase:
        return cast("HttpResponseBase", self.get_response(request))

    async def later(self, request: HttpRequest) -> HttpResponseBase:
        return await cast("Awaitable[HttpResponseBase]", self.get_response(request))


class PrivatePagesMiddleware(Middleware):
    """Nothing that comes from a view is kept by a cache: Back after signing out shows nothing."""

    def now(self, request: HttpRequest) -> HttpResponseBase:
        return _private(super().now(request))

    async def later(self, request: HttpRequest) -> HttpResponseBase:
        return _private(await super().later(request))


class NetworkAddressMiddleware(Middleware):
    """What is written to the audit log on the way carries the network address of the person."""

    def now(self, request: HttpRequest) -> HttpResponseBase:
        with audit.coming_from(request.META.get("REMOTE_ADDR") or ""):
            return super().now(request)

    async def later(self, request: HttpRequest) -> HttpResponseBase:
        with audit.coming_from(request.META.get("REMOTE_ADDR") or ""):
            return await super().later(request)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Permissions-Policy"] = PERMISSIONS
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    patch_vary_headers(response, ["Cookie"])
    return response
