"""Tokens by which other programs read the numbers: made once, shown once, kept as a hash."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import ApiToken, User
from chat.models.audit_event import Verb

from . import audit

PREFIX = "chatsite_"
NOTE_USE_AFTER = timedelta(minutes=1)


class Scope(models.TextChoices):
    """What a token opens."""

    SUMS = "sums", _("Sums of usage")
    RECORDS = "records", _("Single usage records, with names")
    METRICS = "metrics", _("Metrics for Prometheus, without names")


@transaction.atomic
def make(
    user: User, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """The row, and the token itself, which nobody can see again."""
    plain = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        digest=_digest(plain),
        hint=plain[-4:],
        scopes=sorted(Scope(scope).value for scope in scopes),
        created_by=user,
        expires_at=expires_at,
    )
    audit.record(Verb.TOKEN_MADE, user, token, name=name, details={"scopes": token.scopes})
    return token, plain


@transaction.atomic
def revoke(user: User, token: ApiToken) -> None:
    rows = ApiToken.objects.filter(id=token.id, revoked_at=None)
    if rows.update(revoked_at=timezone.now()):
        audit.record(Verb.TOKEN_REVOKED, user, token, name=token.name)


def find(plain: str) -> ApiToken | None:
    """A token that holds: not revoked, not expired, and its maker may still see the numbers."""
    if not plain.startswith(PREFIX) or len(plain) > 100:
        return None
    rows = ApiToken.objects.select_related("created_by").filter(revoked_at=None)
    token = rows.filter(digest=_digest(plain)).first()
    now = timezone.now()
    if token is None or (token.expires_at is not None and token.expires_at <= now):
        return None
    if not token.created_by.has_perm("chat.view_usage"):
        return None
    if token.last_used_at is None or now - token.last_used_at > NOTE_USE_AFTER:
        ApiToken.objects.filter(id=token.id).update(last_used_at=now)
    return token


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
