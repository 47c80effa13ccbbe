"""Threads into the tables: hidden until all of a file is there, or gone as if they had never been.

The ids of an import follow from its own id and count up, so that whatever a process that died has
left behind is found again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, models, transaction
from django.utils import timezone

from chat.domain import retention
from chat.models import (
    Attachment,
    Comment,
    Completion,
    Conversation,
    LanguageModel,
    Message,
    ToolCall,
    User,
)
from chat.models.completion import Purpose
from chat.models.message import Role

from .threads import Call, File, Said, Thread

AT_ONCE = 500


def conversation_id(transfer_id: UUID, number: int) -> UUID:
    return uuid5(transfer_id, str(number))


def store(user: User, thread: Thread, new_id: UUID) -> None:
    """All of it at once; see Store."""
    parts = Store(user, thread, new_id)
    while parts.step():
        pass


class Store:
    """A thread as the person's own, listed nowhere yet: `publish` does that.

    The person is the author of what the thread's owner wrote; what others wrote has no author. It
    is stored in parts, a transaction each: between them others may write.
    """

    def __init__(self, user: User, thread: Thread, new_id: UUID) -> None:
        self._thread = thread
        self._known: dict[str, LanguageModel] = {}
        self._conversation = Conversation(
            id=new_id,
            owner=user,
            title=thread.title,
            titled=thread.titled,
            parameters=thread.parameters,
            system_prompt=thread.system_prompt,
            archived_at=thread.updated_at if thread.archived else None,
            temporary=True,
        )
        self._calls: dict[int, Completion] = {}
        # Ids by number.
        self._ids: dict[int, int] = {}

    @transaction.atomic
    def step(self) -> bool:
        """Stores the next part; False: that was the last one."""
        place = len(self._ids)
        if not place:
            self._begin()
        part = self._thread.messages[place : place + AT_ONCE]
        self._store_calls(part)
        rows = _store_messages(self._conversation, self._thread.owner, part, self._calls)
        self._ids.update({number: row.id for number, row in rows.items()})
        _place(part, self._ids)
        _store_rest(self._conversation, self._thread.owner, part, rows)
        if part and len(self._ids) < len(self._thread.messages):
            return True
        self._finish()
        return False

    def _begin(self) -> None:
        thread, user = self._thread, self._conversation.owner
        names = {thread.model, *(call.model for call in thread.calls)} - {""}
        usable = LanguageModel.objects.usable_by(user).filter(model_name__in=names)
        self._known = {model.model_name: model for model in usable.order_by("-id")}
        self._conversation.language_model = self._known.get(thread.model)
        self._conversation.save(force_insert=True)

    def _store_calls(self, part: Iterable[Said]) -> None:
        wanted = {said.call for said in part} - set(self._calls)
        calls = [call for call in self._thread.calls if call.number in wanted]
        self._calls |= _store_calls(self._conversation, calls, self._known)

    def _finish(self) -> None:
        """`updated_at` is kept for later: what is temporary and old is removed."""
        shown = self._thread.shown
        Conversation.objects.filter(id=self._conversation.id).update(
            leaf=self._ids[shown] if shown is not None else None,
            created_at=self._thread.created_at,
        )


def _store_calls(
    conversation: Conversation, calls: Iterable[Call], known: dict[str, LanguageModel]
) -> dict[int, Completion]:
    """Not in the ledger, and of no provider: nothing was asked for here."""
    rows = {
        call.number: Completion(
            conversation=conversation,
            user=conversation.owner,
            language_model=known.get(call.model),
            model_name=call.model,
            purpose=Purpose.ANSWER,
            parameters=call.parameters,
            state=call.state,
            error_category=call.error,
            kept_choice=call.kept_choice,
            started_at=call.started_at,
            finished_at=call.finished_at,
        )
        for call in calls
    }
    Completion.objects.bulk_create(rows.values(), batch_size=AT_ONCE)
    return rows


def _store_messages(
    conversation: Conversation, owner: str, part: Sequence[Said], calls: dict[int, Completion]
) -> dict[int, Message]:
    rows = [_message(conversation, said, owner, calls) for said in part]
    made = Message.objects.bulk_create(rows, batch_size=AT_ONCE)
    return {said.number: row for said, row in zip(part, made, strict=True)}


def _place(part: Iterable[Said], ids: dict[int, int]) -> None:
    """Below their parents, and with the times at which they were written."""
    rows = [
        (ids[said.parent] if said.parent else None, _at(said.created_at), ids[said.number])
        for said in part
    ]
    _update(Message, "parent_id = %s, created_at = %s", rows)


def _message(
    conversation: Conversation, said: Said, owner: str, calls: dict[int, Completion]
) -> Message:
    is_own = said.role == Role.USER and said.author == owner
    return Message(
        conversation=conversation,
        role=said.role,
        author=conversation.owner if is_own else None,
        content=said.text,
        reasoning=said.reasoning,
        completion=calls[said.call] if said.call is not None else None,
        choice=said.choice,
        finish_reason=said.finish_reason,
    )


def _store_rest(
    conversation: Conversation, owner: str, part: Sequence[Said], rows: dict[int, Message]
) -> None:
    tools = [
        ToolCall(
            message=rows[said.number],
            number=use.number,
            call_id=use.call_id,
            name=use.name,
            arguments=use.arguments,
            asks=use.asks,
            state=use.state,
            result=use.result,
            seconds=use.seconds,
        )
        for said in part
        for use in said.tools
    ]
    ToolCall.objects.bulk_create(tools, batch_size=AT_ONCE)
    _store_comments(conversation, owner, part, rows)
    for said in part:
        for file in said.files:
            _store_file(conversation, rows[said.number], file)


def _store_comments(
    conversation: Conversation, owner: str, part: Sequence[Said], rows: dict[int, Message]
) -> None:
    remarks = [(said.number, remark) for said in part for remark in said.comments]
    comments = [
        Comment(
            conversation=conversation,
            message=rows[number],
            author=conversation.owner if remark.author == owner else None,
            text=remark.text,
            edited_at=remark.edited_at,
        )
        for number, remark in remarks
    ]
    made = Comment.objects.bulk_create(comments, batch_size=AT_ONCE)
    times = [
        (_at(remark.created_at), row.id)
        for (_number, remark), row in zip(remarks, made, strict=True)
    ]
    _update(Comment, "created_at = %s", times)


def _store_file(conversation: Conversation, message: Message, file: File) -> None:
    """Where the file itself is not in the export, its text is kept in its place."""
    data = file.text.encode() if file.data is None else file.data
    row = Attachment(
        owner=conversation.owner,
        conversation=conversation,
        message=message,
        name=file.name if file.data is not None else f"{file.name[:190]}.txt",
        kind=file.kind,
        size=len(data),
        pages=file.pages,
        text=file.text,
        cut=file.cut,
    )
    row.seal(data)
    row.save(force_insert=True)


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _update(model: type[models.Model], places: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Times that are set by themselves when a row is added, and parents."""
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {model._meta.db_table} SET {places} WHERE id = %s", rows)  # noqa: S608 - no input


def publish(ids: Sequence[UUID], times: Sequence[datetime]) -> int:
    """Lists them, each at the time of its last activity; returns how many were there.

    What a rule of retention would remove at once counts as active now, in the same order.
    """
    shown, now = 0, timezone.now()
    for new_id, moment in zip(ids, times, strict=True):
        rows = Conversation.objects.filter(id=new_id, temporary=True)
        shown += rows.update(temporary=False, updated_at=moment)
    newest_first = [new_id for _time, new_id in sorted(zip(times, ids, strict=True), reverse=True)]
    places = {new_id: timedelta(milliseconds=place) for place, new_id in enumerate(newest_first)}
    for begin in range(0, len(ids), AT_ONCE):
        some = ids[begin : begin + AT_ONCE]
        for due in list(retention.due().filter(id__in=some).values_list("id", flat=True)):
            Conversation.objects.filter(id=due).update(updated_at=now - places[due])
    return shown


def discard(ids: Sequence[UUID]) -> None:
    """Removes what an import that was given up has stored so far."""
    Completion.objects.filter(conversation__in=ids).delete()
    Conversation.objects.filter(id__in=ids, temporary=True).delete()
