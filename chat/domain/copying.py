"""A copy of a conversation, to continue on one's own."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from chat.models import Conversation, Message, ToolCall, User
from chat.models.tool_call import OPEN_CALLS, CallState

from . import history
from .access import NotFound

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


@transaction.atomic
def copy(user: User, conversation: Conversation) -> Conversation:
    """A conversation of the person's own with the whole tree; replies still being written are
    left out, and what follows them.

    Copied replies name the call that wrote them, which says which model it was and how it ended.
    The ledger counts calls, so nothing is counted twice. Raises NotFound.
    """
    readable = Conversation.objects.readable_by(user).filter(id=conversation.id)
    if not user.is_active or not readable.exists():
        raise NotFound
    mine = _new(user, conversation)
    rows = Message.objects.filter(conversation=conversation).select_related("completion")
    copies = _copied(mine, rows.order_by("id"))
    _copy_calls(copies)
    mine.leaf = _leaf(conversation, copies)
    mine.save(update_fields=["leaf"])
    return mine


def _new(user: User, conversation: Conversation) -> Conversation:
    title = _("Copy of {title}").format(title=conversation.title or _("Untitled"))
    return Conversation.objects.create(
        owner=user,
        title=title[:MOST_CHARACTERS],
        titled=True,
        language_model=conversation.language_model,
        parameters=conversation.parameters,
        system_prompt=conversation.system_prompt,
    )


def _copied(mine: Conversation, originals: Iterable[Message]) -> dict[int, Message]:
    """By the id of the original. A parent has a smaller id than its children."""
    kept: dict[int, Message] = {}
    for message in originals:
        is_open = message.completion is not None and message.completion.is_open
        if not is_open and (message.parent_id is None or message.parent_id in kept):
            kept[message.id] = message
    copies = dict(
        zip(
            kept,
            Message.objects.bulk_create([_copy_of(message, mine) for message in kept.values()]),
            strict=True,
        )
    )
    for number, new in copies.items():
        parent = kept[number].parent_id
        new.parent = copies[parent] if parent is not None else None
        new.created_at = kept[number].created_at
    Message.objects.bulk_update(copies.values(), ["parent", "created_at"])
    return copies


def _copy_of(message: Message, mine: Conversation) -> Message:
    return Message(conversation=mine, **{name: getattr(message, name) for name in OF_A_MESSAGE})


def _copy_calls(copies: dict[int, Message]) -> None:
    """Calls of tools with their results; nobody decides any more about those that waited."""
    ToolCall.objects.bulk_create(
        ToolCall(
            message=copies[call.message_id],
            state=CallState.STOPPED if call.state in OPEN_CALLS else call.state,
            **{name: getattr(call, name) for name in OF_A_CALL},
        )
        for call in ToolCall.objects.filter(message__in=copies)
    )


def _leaf(conversation: Conversation, copies: dict[int, Message]) -> Message | None:
    """The end of the path that is shown, or the last before it that was copied."""
    path = history.path_ids(conversation, conversation.leaf_id)
    return next((copies[number] for number in reversed(path) if number in copies), None)
