"""Which keys a call may use, the preferred one first, and what their use has told about them."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from chat import crypto
from chat.models import ApiKey, Provider
from chat.providers import InvalidSecret, Secret

NOTE_USE_AFTER = timedelta(minutes=1)
# For so long the others go before a key that was refused or used up.
REST = timedelta(minutes=10)


def keys_for(provider: Provider, user_id: int | None) -> list[ApiKey]:
    """The person's own key, where that is allowed; else all of the organisation's, newest first."""
    rows = ApiKey.objects.usable().select_related("provider").filter(provider=provider)
    whose = Q(owner=None) | Q(owner=user_id) if provider.own_keys else Q(owner=None)
    keys = list(rows.filter(whose).order_by("-created_at"))
    own = [key for key in keys if key.owner_id is not None]
    return own[:1] or sorted(keys, key=_rests)


def _rests(key: ApiKey) -> bool:
    return key.refused_at is not None and timezone.now() - key.refused_at < REST


def opened(key: ApiKey) -> Secret | None:
    try:
        return key.reveal()
    except (crypto.SealError, InvalidSecret):
        return None


def note_use(key: ApiKey) -> None:
    """To the minute: the row is not written with every call."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > NOTE_USE_AFTER:
        ApiKey.objects.filter(id=key.id).update(last_used_at=now)


def turn(refused: UUID, spare: UUID) -> None:
    """The provider would not have the one, so the other is used."""
    now = timezone.now()
    ApiKey.objects.filter(id=refused).update(refused_at=now)
    ApiKey.objects.filter(id=spare).update(last_used_at=now)
