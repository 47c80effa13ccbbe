"""From the tables: a conversation with all its branches as a thread. Answers that are still being
written are left out, and what was deleted."""

import heapq
from collections.abc import Collection, Iterable

from chat import crypto
from chat.domain import history
from chat.models import Attachment, Comment, Completion, Conversation, Message, ToolCall
from chat.models.completion import OPEN

from .threads import Call, File, Remark, Said, Thread, ToolUse

NOT_SEALED = ("id", "message_id", "name", "kind", "size", "text", "pages", "cut")


def thread_of(conversation: Conversation) -> Thread:
    """At most seven queries, however long it is. Needs `owner` and `language_model`."""
    messages = _ended(conversation)
    numbers = {message.id: number for number, message in enumerate(messages, 1)}
    calls = _calls(messages)
    return Thread(
        title=conversation.title,
        titled=conversation.titled,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        owner=conversation.owner.get_full_name(),
        model=_name(conversation),
        parameters=conversation.parameters,
        system_prompt=conversation.system_prompt,
        shown=_shown(conversation, numbers),
        archived=conversation.archived_at is not None,
        calls=tuple(_call(completion, number) for completion, number in calls.values()),
        messages=tuple(_said(conversation, messages, numbers, calls)),
    )


def data_of(file: File) -> bytes | None:
    """The file itself, or None when it does not open any more."""
    if file.row is None:
        return file.data
    row = Attachment.objects.filter(id=file.row).defer("text").first()
    try:
        return row.reveal() if row is not None else None
    except crypto.SealError:
        return None


def _name(conversation: Conversation) -> str:
    model = conversation.language_model
    return model.model_name if model is not None else ""


def _ended(conversation: Conversation) -> list[Message]:
    """By id, but parents before their children: what is written while a tool runs comes to stand
    below a message that is made later."""
    rows = Message.objects.filter(conversation=conversation)
    children: dict[int | None, list[Message]] = {}
    for message in rows.select_related("author", "completion"):
        if message.completion is None or message.completion.state not in OPEN:
            children.setdefault(message.parent_id, []).append(message)
    ready = [(message.id, message) for message in children.get(None, [])]
    heapq.heapify(ready)
    kept: list[Message] = []
    while ready:
        _id, message = heapq.heappop(ready)
        kept.append(message)
        for child in children.get(message.id, []):
            heapq.heappush(ready, (child.id, child))
    return kept


def _shown(conversation: Conversation, numbers: dict[int, int]) -> int | None:
    path = history.path_ids(conversation, conversation.leaf_id)
    return next((numbers[one] for one in reversed(path) if one in numbers), None)


def _calls(messages: Iterable[Message]) -> dict[object, tuple[Completion, int]]:
    found: dict[object, tuple[Completion, int]] = {}
    for message in messages:
        if message.completion is not None:
            found.setdefault(message.completion_id, (message.completion, len(found) + 1))
    return found


def _call(completion: Completion, number: int) -> Call:
    return Call(
        number=number,
        model=completion.model_name,
        state=completion.state,
        parameters=completion.parameters,
        error=completion.error_category,
        kept_choice=completion.kept_choice,
        started_at=completion.started_at,
        finished_at=completion.finished_at,
    )


def _said(
    conversation: Conversation,
    messages: Collection[Message],
    numbers: dict[int, int],
    calls: dict[object, tuple[Completion, int]],
) -> Iterable[Said]:
    tools = _tools(conversation)
    files = _files(conversation)
    comments = _comments(conversation)
    for message in messages:
        yield Said(
            number=numbers[message.id],
            parent=numbers[message.parent_id] if message.parent_id else None,
            role=message.role,
            text=message.content,
            created_at=message.created_at,
            author=message.author.get_full_name() if message.author else "",
            reasoning=message.reasoning,
            call=calls[message.completion_id][1] if message.completion_id in calls else None,
            choice=message.choice,
            finish_reason=message.finish_reason,
            tools=tuple(tools.get(message.id, ())),
            files=tuple(files.get(message.id, ())),
            comments=tuple(comments.get(message.id, ())),
        )


def _tools(conversation: Conversation) -> dict[int, list[ToolUse]]:
    found: dict[int, list[ToolUse]] = {}
    for row in ToolCall.objects.filter(message__conversation=conversation):
        use = ToolUse(
            row.number,
            row.call_id,
            row.name,
            row.arguments,
            row.state,
            row.asks,
            row.result,
            row.seconds,
        )
        found.setdefault(row.message_id, []).append(use)
    return found


def _files(conversation: Conversation) -> dict[int, list[File]]:
    found: dict[int, list[File]] = {}
    rows = Attachment.objects.filter(conversation=conversation, message__isnull=False)
    for row in rows.only(*NOT_SEALED):
        file = File(row.name, row.kind, row.size, row.text, row.pages, row.cut, row=row.id)
        found.setdefault(row.message_id or 0, []).append(file)
    return found


def _comments(conversation: Conversation) -> dict[int, list[Remark]]:
    found: dict[int, list[Remark]] = {}
    rows = Comment.objects.filter(conversation=conversation).select_related("author")
    for row in rows:
        author = row.author.get_full_name() if row.author else ""
        remark = Remark(author, row.text, row.created_at, row.edited_at)
        found.setdefault(row.message_id, []).append(remark)
    return found
