"""Ending replies: the text joined, the state set and the usage recorded, in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Now

from chat.models import Completion, Conversation, Message, Provider, ReplyChunk, UsageRecord
from chat.models.completion import OPEN, Part, State
from chat.models.usage_record import Source
from chat.providers import Usage, estimate_tokens

from . import history
from .progress import owned
from .runs import Bill, Ending, Owner, Piece, bill_for


@transaction.atomic
def finish(
    owner: Owner, bill: Bill, ending: Ending, pieces: Sequence[Piece], prompt_text: str
) -> bool:
    """Ends a completion of this node; False: somebody else ended it first, nothing was written.

    `pieces` are the last texts, not yet stored. `prompt_text` is only for an estimate.
    """
    changed = owned(owner).update(
        state=ending.state,
        finish_reason=ending.finish_reason,
        error_category=ending.error_category,
        retry_after=ending.retry_after,
        system_fingerprint=ending.system_fingerprint[:200],
        streamed=ending.streamed,
        first_delta_at=ending.first_delta_at,
        finished_at=Now(),
    )
    if not changed:
        return False
    ReplyChunk.objects.bulk_create(
        (
            ReplyChunk(reply_id=owner.reply_id, seq=piece.seq, part=piece.part, text=piece.text)
            for piece in pieces
        ),
        ignore_conflicts=True,
    )
    written = join_chunks(owner.reply_id)
    if bill.conversation_id is not None:
        _touch(bill.conversation_id, written)
    record_usage(bill, ending, prompt_text, written)
    return True


def join_chunks(reply_id: int) -> str:
    """Moves the chunks into the message and returns their text.

    A reply that continues another one has that one's text in its content already.
    """
    chunks = list(ReplyChunk.objects.filter(reply=reply_id).order_by("seq"))
    content = "".join(chunk.text for chunk in chunks if chunk.part == Part.CONTENT)
    reasoning = "".join(chunk.text for chunk in chunks if chunk.part == Part.REASONING)
    Message.objects.filter(id=reply_id).update(
        content=Concat("content", Value(content)), reasoning=reasoning
    )
    ReplyChunk.objects.filter(reply=reply_id).delete()
    return reasoning + content


def _touch(conversation_id: UUID, content: str) -> None:
    """A conversation that began with a greeting gets its title from the answer."""
    rows = Conversation.objects.filter(id=conversation_id)
    title = rows.values_list("title", flat=True).first()
    if title is not None and len(title) < 8 and len(content) > 40:
        rows.update(title=f"{title} – {history.title_from(content)}"[:80], updated_at=Now())
    else:
        rows.update(updated_at=Now())


def record_usage(bill: Bill, ending: Ending, prompt_text: str, written: str) -> UsageRecord:
    """Adds the ledger's row: what was reported, else an estimate, else unknown (null, never 0)."""
    usage, source = _usage(ending, prompt_text, written)
    return UsageRecord.objects.create(
        completion_id=bill.completion_id,
        conversation_id=str(bill.conversation_id or ""),
        user_id=bill.user_id,
        user_email=bill.user_email,
        user_name=bill.user_name,
        teams=bill.teams,
        provider_name=bill.provider_name,
        model_name=bill.model_name,
        purpose=bill.purpose,
        outcome=ending.state,
        source=source,
        prompt_tokens=usage.prompt,
        completion_tokens=usage.completion,
        total_tokens=usage.total,
        cached_tokens=usage.cached,
        reasoning_tokens=usage.reasoning,
        mismatch=usage.mismatch,
        anonymized=bill.anonymized,
        moderated=bill.moderated,
    )


NOTHING = Usage(None, None, None, None, None, source="estimated", mismatch=False)


def _usage(ending: Ending, prompt_text: str, written: str) -> tuple[Usage, Source]:
    if ending.usage is not None:
        return ending.usage, Source.REPORTED
    if not ending.accepted and not written:
        return NOTHING, Source.UNKNOWN
    prompt, completion = estimate_tokens(prompt_text), estimate_tokens(written)
    total = prompt + completion
    usage = Usage(prompt, completion, total, None, None, source="estimated", mismatch=False)
    return usage, Source.ESTIMATED


@transaction.atomic
def end_waiting(
    completion_id: UUID, node: str, state: State = State.STOPPED
) -> tuple[UUID, int] | None:
    """Ends a completion that was never begun: nothing was sent, so its usage is unknown."""
    queued = Completion.objects.select_related("provider", "user", "conversation")
    completion = queued.filter(id=completion_id, node=node, state=State.QUEUED).first()
    if completion is None:
        return None
    Completion.objects.filter(id=completion_id).update(state=state, finished_at=Now())
    record_usage(bill_for(completion, completion.user), Ending(state), "", "")
    reply = Message.objects.filter(completion=completion).first()
    return (reply.conversation_id, reply.id) if reply is not None else None


def interrupt_waiting(node: str) -> None:
    """What waits when this node goes down."""
    queued = Completion.objects.filter(node=node, state=State.QUEUED)
    for completion_id in list(queued.values_list("id", flat=True)):
        end_waiting(completion_id, node, State.INTERRUPTED)


def take_over(node: str, *, at_once: bool) -> list[tuple[UUID, int]]:
    """Marks the replies of dead nodes as interrupted; their text stays, the call is not repeated.

    `at_once` (a single process is starting: nobody else can own anything) does not wait for the
    leases to end. Returns (conversation, reply) of what was ended.
    """
    dead = Completion.objects.filter(state__in=OPEN).exclude(node=node)
    if not at_once:
        dead = dead.filter(lease_until__lt=Now())
    ended = [_interrupt(one, at_once=at_once) for one in dead.values_list("id", flat=True)]
    _remove_orphans()
    return [pair for pair in ended if pair is not None]


@transaction.atomic
def _interrupt(completion_id: UUID, *, at_once: bool) -> tuple[UUID, int] | None:
    completion = Completion.objects.select_related("provider", "user").get(id=completion_id)
    rows = Completion.objects.filter(
        id=completion_id, state__in=OPEN, lease_version=completion.lease_version
    )
    if not at_once:
        rows = rows.filter(lease_until__lt=Now())
    version = completion.lease_version + 1
    if not rows.update(state=State.INTERRUPTED, finished_at=Now(), lease_version=version):
        return None
    reply = Message.objects.filter(completion=completion).select_related("conversation").first()
    written, prompt_text = "", ""
    if reply is not None:
        written = join_chunks(reply.id)
        prompt_text = _text_before(reply)
    accepted = completion.state == State.RUNNING
    ending = Ending(State.INTERRUPTED, accepted=accepted)
    record_usage(bill_for(completion, completion.user), ending, prompt_text, written)
    return (reply.conversation_id, reply.id) if reply is not None else None


def _text_before(reply: Message) -> str:
    ids = history.path_ids(reply.conversation, reply.parent_id)
    texts = Message.objects.filter(id__in=ids).order_by("id").values_list("content", flat=True)
    return "\n".join([reply.conversation.system_prompt, *texts])


def _remove_orphans() -> None:
    """Chunks whose conversation was deleted while the node that wrote them died."""
    ReplyChunk.objects.exclude(reply__in=Message.objects.all()).delete()


def stop_asking_for_usage(provider_id: int) -> None:
    """Remembers that this provider refuses `stream_options`."""
    Provider.objects.filter(id=provider_id).update(include_usage=False)
