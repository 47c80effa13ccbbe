"""Writes to the audit log who signs in and out, and who could not."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from chat.domain import audit
from chat.models import User
from chat.models.audit_event import Verb


@receiver(user_logged_in)
def signed_in(user: User, **_others: Any) -> None:
    audit.record(Verb.SIGNED_IN, user)


@receiver(user_logged_out)
def signed_out(user: User | None, **_others: Any) -> None:
    if user is not None:
        audit.record(Verb.SIGNED_OUT, user)


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], **_others: Any) -> None:
    """The person is not known for sure: what was typed as the address is what the event names."""
    typed = credentials.get("email") or credentials.get("username") or ""
    known = User.objects.filter(email=str(typed).strip().lower()[:254]).first()
    audit.record(Verb.SIGN_IN_FAILED, None, known, name=str(typed))


@receiver([password_changed, password_reset])
def changed(user: User, **_others: Any) -> None:
    audit.record(Verb.PASSWORD_CHANGED, user)
