"""People's own keys to providers, where the administrator allows them."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from chat.models import ApiKey, Provider, User
from chat.models.audit_event import Verb
from chat.providers import Secret

from . import access, audit


@dataclass(frozen=True, slots=True)
class Place:
    """A provider that takes own keys, and the person's key there, if any."""

    provider: Provider
    key: ApiKey | None


def places(user: User) -> list[Place]:
    """Two queries, or one where no provider allows it."""
    mine = Prefetch("api_keys", ApiKey.objects.usable().filter(owner=user), to_attr="mine")
    return [
        Place(provider, next(iter(provider.mine), None))
        for provider in access.providers_for_own_keys(user).prefetch_related(mine)
    ]


def key_of(user: User, provider: Provider) -> ApiKey | None:
    """The key that is used for this person's prompts instead of the organisation's."""
    if not provider.own_keys:
        return None
    return ApiKey.objects.usable().filter(provider=provider, owner=user).first()


@transaction.atomic
def enter(user: User, provider: Provider, secret: Secret) -> None:
    """In place of the one that was entered before."""
    remove(user, provider)
    key = ApiKey(provider=provider, owner=user, created_by=user)
    key.seal(secret)
    key.save()
    audit.record(Verb.KEY_ENTERED, user, provider, name=provider.name, details={"own": True})


@transaction.atomic
def remove(user: User, provider: Provider) -> None:
    mine = ApiKey.objects.usable().filter(provider=provider, owner=user)
    if mine.update(revoked_at=timezone.now()):
        audit.record(Verb.KEY_REVOKED, user, provider, name=provider.name, details={"own": True})
