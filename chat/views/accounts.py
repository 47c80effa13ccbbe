"""Accounts are made by administrators; what allauth offers beyond that is not there."""

from typing import NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.http import Http404, HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False


def not_offered(_request: HttpRequest, **_parts: str) -> NoReturn:
    raise Http404
