"""Usage per user: who used how many tokens, in a period, with an export."""

from django.http import HttpRequest, HttpResponse


def per_user(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def export(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def person(request: HttpRequest, user_id: int) -> HttpResponse:
    return HttpResponse()
