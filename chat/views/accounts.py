"""Accounts are made by administrators; what allauth offers beyond that is not there."""

from typing import ClassVar, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Email or password is not right."),
        # ACCOUNT_RATE_LIMITS: five a minute.
        "too_many_login_attempts": _("Too many attempts. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False


def not_offered(_request: HttpRequest, **_parts: str) -> NoReturn:
    raise Http404
