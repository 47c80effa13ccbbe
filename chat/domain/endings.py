"""Ending replies: the text joined, the state set and the usage recorded, in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Length, Now

from chat.models import Completion, Conversation, Message, Provider, ReplyChunk
from chat.models.completion import Part, State
from chat.providers import ErrorCategory

from . import circuits, prompts, tool_calls
from .ledger import record_usage
from .progress import owned
from .runs import Ending, Piece, Run, bill_for
from .titles import title_from


@dataclass(frozen=True, slots=True)
class Ended:
    """Which replies have ended, and who asked; no conversation: it was deleted meanwhile."""

    conversation_id: UUID | None
    replies: tuple[int, ...]
    user_id: int | None = None


@transaction.atomic
def finish(run: Run, ending: Ending, pieces: Sequence[Piece], prompt_text: str) -> bool:
    """Ends a completion of this node; False: somebody else ended it first, nothing was written.

    `pieces` are the last texts, not yet stored. `prompt_text` is only for an estimate.
    """
    # The conversation first: see ConversationQuerySet.hold.
    is_named = _touch(run.conversation_id)
    if not end(run, ending):
        transaction.set_rollback(True)
        return False
    written = join_chunks(run.replies, ending.finish_reasons, pieces)
    tool_calls.keep(run, ending)
    if not is_named:
        _name(run.conversation_id, run.replies[0])
    written += "".join(call.name + call.arguments for call in ending.calls)
    count(run, ending, prompt_text, written)
    return True


def end(run: Run, ending: Ending) -> bool:
    """The state alone; False: somebody else ended it first."""
    changed = owned(run.owner).update(
        state=ending.state,
        error_category=ending.error_category,
        error_fields=",".join(ending.error_fields),
        own_key=run.own_key,
        retry_after=ending.retry_after,
        system_fingerprint=ending.system_fingerprint[:200],
        streamed=ending.streamed,
        first_delta_at=ending.first_delta_at,
        finished_at=Now(),
    )
    return changed == 1


def count(run: Run, ending: Ending, prompt_text: str, written: str) -> None:
    """What the end says about the provider, and the ledger's row.

    In the order in which sending takes provider and budget, so that two never wait for each other.
    """
    own_key_refused = run.own_key and ending.error_category == ErrorCategory.AUTH
    if run.provider_id is not None and not own_key_refused:
        circuits.note(run.provider_id, ending)
    record_usage(run.bill, ending, prompt_text, written, own_key=run.own_key)


def join_chunks(
    replies: Sequence[int], finish_reasons: Sequence[str] = (), last: Sequence[Piece] = ()
) -> str:
    """Moves the chunks of a completion's replies into the messages and returns their text.

    `last` are those not yet stored; whether one of them is after all, nobody knows after a lost
    connection. A reply that continues another one has that one's text in its content already.
    """
    rows = ReplyChunk.objects.filter(reply__in=replies)
    stored = {
        (reply_id, seq): (part, text)
        for reply_id, seq, part, text in rows.values_list("reply_id", "seq", "part", "text")
    }
    chunks = {(piece.reply_id, piece.seq): (piece.part, piece.text) for piece in last} | stored
    texts: dict[tuple[int, int], list[str]] = {}
    for (reply_id, _seq), (part, text) in sorted(chunks.items()):
        texts.setdefault((reply_id, part), []).append(text)
    reasons = [*finish_reasons, *[""] * len(replies)]
    for reply_id, reason in zip(replies, reasons, strict=False):
        Message.with_deleted.filter(id=reply_id).update(
            content=Concat("content", Value("".join(texts.get((reply_id, Part.CONTENT), [])))),
            reasoning="".join(texts.get((reply_id, Part.REASONING), [])),
            finish_reason=reason[:20],
        )
    if stored:
        rows.delete()
    return "".join(text for pieces in texts.values() for text in pieces)


def _touch(conversation_id: UUID) -> bool:
    """Whether it has a name: one that a person gave, however short, or a first message's words."""
    rows = Conversation.objects.filter(id=conversation_id)
    touched = {"updated_at": Now(), "answered_at": Now()}
    named = rows.annotate(length=Length("title")).filter(Q(titled=True) | Q(length__gte=8))
    return bool(named.update(**touched)) or not rows.update(**touched)


def _name(conversation_id: UUID, reply_id: int) -> None:
    """A conversation that began with a greeting gets its title from the answer that is shown."""
    rows = Conversation.objects.filter(id=conversation_id)
    title = rows.values_list("title", flat=True).first()
    written = Message.with_deleted.filter(id=reply_id).values_list("content", flat=True)
    content = written.first() or ""
    if title is not None and len(content) > 40:
        rows.update(title=f"{title} – {title_from(content)}"[:80])


@transaction.atomic
def end_waiting(completion_id: UUID, node: str, state: State = State.STOPPED) -> Ended | None:
    """Ends a completion that was never begun: nothing was sent, so its usage is unknown."""
    queued = Completion.objects.filter(id=completion_id, node=node, state=State.QUEUED)
    if not queued.update(state=state, finished_at=Now()):
        return None
    rows = Completion.objects.select_related("provider", "user", "language_model")
    completion = rows.get(id=completion_id)
    record_usage(bill_for(completion, completion.user), Ending(state), "", "")
    return _ended(completion)


def interrupt_waiting(node: str) -> None:
    """What waits when this node goes down."""
    queued = Completion.objects.filter(node=node, state=State.QUEUED)
    for completion_id in list(queued.values_list("id", flat=True)):
        end_waiting(completion_id, node, State.INTERRUPTED)


def take_over(node: str, *, at_once: bool, running: Collection[UUID] = ()) -> list[Ended]:
    """Marks what nobody runs any more as interrupted; its text stays, the call is not repeated.

    That is what dead nodes left, and what this one gave up because its end could not be stored;
    `running` are those that it still has. `at_once` (a single process is starting: nobody else can
    own anything) does not wait for the leases to end.
    """
    dead = Completion.objects.open().exclude(node=node, id__in=running)
    if not at_once:
        dead = dead.filter(lease_until__lt=Now())
    ended = [_interrupt(one, at_once=at_once) for one in dead.values_list("id", flat=True)]
    _remove_orphans()
    return [one for one in ended if one is not None]


@transaction.atomic
def _interrupt(completion_id: UUID, *, at_once: bool) -> Ended | None:
    rows = Completion.objects.select_related("provider", "user", "language_model__provider")
    completion = rows.get(id=completion_id)
    Conversation.with_deleted.filter(completions=completion_id).hold()
    still = Completion.objects.open().filter(
        id=completion_id, lease_version=completion.lease_version
    )
    if not at_once:
        still = still.filter(lease_until__lt=Now())
    version = completion.lease_version + 1
    if not still.update(state=State.INTERRUPTED, finished_at=Now(), lease_version=version):
        return None
    ended = _ended(completion)
    # Before the text that was written is part of the reply, as when it was sent.
    prompt_text = _text_sent(completion, ended)
    written = join_chunks(ended.replies)
    ending = Ending(State.INTERRUPTED, accepted=completion.state == State.RUNNING)
    bill = bill_for(completion, completion.user)
    record_usage(bill, ending, prompt_text, written, own_key=completion.own_key)
    return ended


def _ended(completion: Completion) -> Ended:
    replies = Message.with_deleted.filter(completion=completion).order_by("choice")
    ids = tuple(replies.values_list("id", flat=True))
    return Ended(completion.conversation_id, ids, completion.user_id)


def ended_by_hand(conversation_id: UUID, reply_id: int) -> Ended:
    """A reply after whose tools nothing more comes, because somebody has stopped them."""
    asker = Message.objects.filter(id=reply_id).values_list("completion__user", flat=True).first()
    return Ended(conversation_id, (reply_id,), asker)


def _text_sent(completion: Completion, ended: Ended) -> str:
    replies = Message.with_deleted.filter(id__in=ended.replies)
    reply = replies.select_related("conversation").first()
    return prompts.text_of(completion, reply.conversation, reply) if reply else ""


def _remove_orphans() -> None:
    """Chunks whose conversation was deleted while the node that wrote them died."""
    ReplyChunk.objects.exclude(reply__in=Message.with_deleted.all()).delete()


def stop_asking_for_usage(provider_id: int) -> None:
    """Remembers that this provider refuses `stream_options`."""
    Provider.objects.filter(id=provider_id).update(include_usage=False)
