"""The site with one more address, at which a view breaks."""

from typing import NoReturn

from django.http import HttpRequest
from django.urls import path

from chatsite import urls

handler500 = urls.handler500


def broken(_request: HttpRequest) -> NoReturn:
    raise RuntimeError("sk-CANARY-in-a-traceback")


urlpatterns = [*urls.urlpatterns, path("broken/", broken)]
