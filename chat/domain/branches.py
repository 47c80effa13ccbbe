"""Branching off: the way to a message, or the whole tree, copied into another conversation."""

from collections.abc import Collection, Iterable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chat.models import Completion, Conversation, Message, ToolCall, User
from chat.models.tool_call import OPEN_CALLS, CallState

from . import attachments, history
from .errors import StillWriting

OF_A_MESSAGE = (
    "role",
    "author_id",
    "content",
    "reasoning",
    "completion_id",
    "choice",
    "finish_reason",
)
OF_A_CALL = (
    "number",
    "call_id",
    "name",
    "arguments",
    "asks",
    "result",
    "seconds",
    "answered_by_id",
)
MOST_CHARACTERS = Conversation._meta.get_field("title").max_length or 0
PLACE = "UPDATE chat_message SET parent_id = %s, created_at = %s WHERE id = %s"
AT_ONCE = 500


@transaction.atomic
def branch(user: User, source: Conversation, message: Message) -> Conversation:
    """A conversation of the person's own that begins with everything up to this message.

    Whoever may read the source may do that; nothing in it changes. Raises StillWriting when the
    message is being written, or what leads to it.
    """
    ids = history.path_ids(source, message.id)
    mine = new_copy(user, source, _("{title} (branch)"))
    copies = copy_messages(source, mine, ids)
    if message.id not in copies:
        raise StillWriting
    mine.leaf = copies[message.id]
    mine.save(update_fields=["leaf"])
    return mine


def new_copy(user: User, source: Conversation, title: str) -> Conversation:
    """Empty, with the source's settings; `title` says where its title goes."""
    room = MOST_CHARACTERS - len(title.format(title=""))
    named = title.format(title=(source.title or _("Untitled"))[:room])
    return Conversation.objects.create(
        owner=user,
        title=named,
        titled=True,
        origin=source,
        language_model=source.language_model,
        parameters=source.parameters,
        system_prompt=source.system_prompt,
    )


def copy_messages(
    source: Conversation, target: Conversation, ids: Collection[int] | None = None
) -> dict[int, Message]:
    """Copies messages of the source, all or those with these ids, with calls and files.

    Gives the copies by the id of the original. Replies still being written are left out, and what
    follows them. Copied replies name the call that wrote them, which says which model it was and
    how it ended; the ledger counts calls, so nothing is counted twice.
    """
    originals = _originals(source, None if ids is None else set(ids))
    new = [_copy_of(message, target) for message in originals]
    made = Message.objects.bulk_create(new, batch_size=AT_ONCE)
    copies = {old.id: copy for old, copy in zip(originals, made, strict=True)}
    _place(originals, copies)
    _copy_calls(copies)
    attachments.copy_for(copies)
    return copies


def _originals(source: Conversation, ids: set[int] | None) -> list[Message]:
    """In the order in which they were written; of each its parent is there, too."""
    open_ones = set(
        Completion.objects.open().filter(conversation=source).values_list("id", flat=True)
    )
    children: dict[int | None, list[Message]] = {}
    for message in Message.objects.filter(conversation=source).order_by("id"):
        wanted = ids is None or message.id in ids
        if wanted and message.completion_id not in open_ones:
            children.setdefault(message.parent_id, []).append(message)
    found = list(children.get(None, ()))
    for message in found:
        found += children.get(message.id, ())
    return sorted(found, key=lambda message: message.id)


def _copy_of(message: Message, target: Conversation) -> Message:
    return Message(conversation=target, **{name: getattr(message, name) for name in OF_A_MESSAGE})


def _place(originals: Iterable[Message], copies: dict[int, Message]) -> None:
    """Below the copies of their parents, and with the times at which they were written."""
    rows = []
    for old in originals:
        new = copies[old.id]
        new.parent = copies[old.parent_id] if old.parent_id is not None else None
        new.created_at = old.created_at
        time = connection.ops.adapt_datetimefield_value(old.created_at)
        rows.append((new.parent_id, time, new.id))
    with connection.cursor() as cursor:
        cursor.executemany(PLACE, rows)


def _copy_calls(copies: dict[int, Message]) -> None:
    """Calls of tools with their results; nobody decides any more about those that waited."""
    asking = [number for number, copy in copies.items() if copy.may_have_calls]
    ToolCall.objects.bulk_create(
        ToolCall(
            message=copies[call.message_id],
            state=CallState.STOPPED if call.state in OPEN_CALLS else call.state,
            **{name: getattr(call, name) for name in OF_A_CALL},
        )
        for call in ToolCall.objects.filter(message__in=asking)
    )
