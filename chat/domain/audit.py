"""Adds to the audit log: who did what to what, and why. Never what people wrote."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.utils import timezone

from chat.models import AuditEvent, User
from chat.models.audit_event import Verb
from chat.models.chain_link import Chain

from . import chain

# The network address of whoever is being served, for events that are written on the way.
_address: ContextVar[str] = ContextVar("address", default="")


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    """Events that are recorded inside carry this network address."""
    token = _address.set(address[:45])
    try:
        yield
    finally:
        _address.reset(token)


def record(
    verb: Verb,
    actor: User | None,
    thing: models.Model | None = None,
    *,
    name: str = "",
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Part of the transaction that does the thing. `details` is plain JSON; secrets and content
    have no place in it. `name` is what the thing is called, where that is not content."""
    plain = chain.without_separators
    event = AuditEvent(
        created_at=timezone.now(),
        actor=actor,
        actor_email=plain(actor.email) if actor else "",
        actor_name=plain(actor.name) if actor else "",
        verb=verb,
        object_type=thing._meta.model_name or "" if thing is not None else "",
        object_id=str(thing.pk) if thing is not None else "",
        object_name=plain(name)[:200],
        reason=plain(reason)[:500],
        address=_address.get(),
        details=plain(json.dumps(details or {}, sort_keys=True, ensure_ascii=False)),
    )
    event.mac = chain.mac(Chain.AUDIT, event)
    event.save(force_insert=True)
    return event
