"""Accounts are made by administrators; what allauth offers beyond that is not there."""

from typing import Any, ClassVar, NoReturn
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
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

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the public address: whoever asks for somebody's new password chooses the Host, and
        the same machine may serve other people's pages on another port."""
        asked = urlsplit(super().get_reset_password_from_key_url(key))
        return f"{settings.PUBLIC_URLS[0]}{asked.path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = {"name": settings.SITE_NAME, "domain": settings.PUBLIC_URLS[0]}
        super().send_mail(template_prefix, email, {**context, "current_site": site})

    def format_email_subject(self, subject: str) -> str:
        return f"[{settings.SITE_NAME}] {subject}"


def not_offered(_request: HttpRequest, **_parts: str) -> NoReturn:
    raise Http404
