"""Beginning a queued completion: taking it, building its prompt, opening its key."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from chat.models import Completion, Message
from chat.models.completion import State
from chat.providers import ErrorCategory, Prompt

from . import history, key_use
from .history import Said
from .policies import enforced
from .prompts import prompt_for
from .runs import LEASE, Owner, Run, bill_for


@transaction.atomic
def begin(completion_id: UUID, node: str) -> Run | None:
    """Takes the completion, or None: it waits for the reply before it, or is no longer queued."""
    completion = (
        Completion.objects.select_related(
            "provider", "user", "conversation", "language_model__provider"
        )
        .filter(id=completion_id, state=State.QUEUED, node=node)
        .first()
    )
    if completion is None:
        return None
    replies = list(Message.objects.filter(completion=completion).order_by("choice"))
    return take(completion, replies, node)


def take(
    completion: Completion,
    replies: Sequence[Message],
    node: str,
    before: Sequence[Said | Message] | None = None,
) -> Run | None:
    """The same for a completion that was made in this transaction, with its rows at hand.

    `before`: the messages that lead to the replies, where it is known that all have ended.
    """
    if completion.conversation is None or not replies:
        return None
    if before is None:
        before = history.path(completion.conversation, replies[0].parent_id)
        if _waits(completion, before):
            return None
    if not _take(completion, node):
        return None
    prompt = prompt_for(completion, completion.conversation, before, replies[0])
    return run_for(completion, tuple(reply.id for reply in replies), prompt, node)


def take_in_vain(
    completion: Completion, replies: Sequence[Message], node: str, problem: str
) -> Run | None:
    """One that must not be sent: it ends at once, and the page says why."""
    if completion.conversation is None or not _take(completion, node):
        return None
    owner = Owner(completion.id, node, completion.lease_version)
    ids = tuple(reply.id for reply in replies)
    bill = bill_for(completion, completion.user)
    return Run(owner, bill, ids, completion.conversation.id, None, problem=problem)


def waiting_in(conversation_id: UUID, node: str) -> list[UUID]:
    """The queued completions of a conversation that this node is to begin, oldest first."""
    rows = Completion.objects.filter(
        conversation=conversation_id, state=State.QUEUED, node=node
    ).order_by("created_at")
    return list(rows.values_list("id", flat=True))


def _waits(completion: Completion, before: Sequence[Said | Message]) -> bool:
    """One running reply per branch: an open reply further up goes first, with all its tools."""
    others = Completion.objects.open().filter(conversation=completion.conversation)
    running = set(Message.objects.filter(completion__in=others).values_list("id", flat=True))
    return any(it.calls_open or it.id in running for it in before)


def _take(completion: Completion, node: str) -> bool:
    queued = Completion.objects.filter(id=completion.id, state=State.QUEUED, node=node)
    parameters = enforced(completion.language_model, completion.parameters)
    taken = queued.filter(stop_requested_at=None).update(
        state=State.RUNNING, started_at=Now(), lease_until=Now() + LEASE, parameters=parameters
    )
    if taken:
        completion.parameters = parameters
        completion.state, completion.started_at = State.RUNNING, timezone.now()
    return taken == 1


def run_for(completion: Completion, replies: tuple[int, ...], prompt: Prompt, node: str) -> Run:
    """A completion of this node with the keys that may be used for it, the preferred one first."""
    conversation, provider = completion.conversation, completion.provider
    assert conversation is not None
    owner = Owner(completion.id, node, completion.lease_version)
    run = Run(owner, bill_for(completion, completion.user), replies, conversation.id, None)
    if provider is None:
        return replace(run, problem=ErrorCategory.NOT_FOUND)
    keys = key_use.keys_for(provider, completion.user_id)
    if keys:
        key_use.note_use(keys[0])
    own = any(key.owner_id is not None for key in keys)
    if own:
        # If this node dies, whoever counts the call is to know who paid for it.
        Completion.objects.filter(id=completion.id).update(own_key=True)
    run = replace(run, provider_id=provider.id, own_key=own)
    secrets = {key.id: secret for key in keys if (secret := key_use.opened(key)) is not None}
    if not secrets:
        return replace(run, problem=ErrorCategory.AUTH)
    endpoints = tuple(provider.endpoint(secret) for secret in secrets.values())
    return replace(run, endpoints=endpoints, keys=tuple(secrets), prompt=prompt)
