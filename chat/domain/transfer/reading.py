"""Our own JSON, read back: everything is checked, and what does not fit is told by its place."""

import base64
import binascii
from typing import Any

from django.utils.translation import gettext as _

from chat.models import Attachment, Comment, Completion, Conversation, Message, ToolCall
from chat.models.completion import OPEN, State
from chat.models.message import Role
from chat.models.tool_call import Asks, CallState

from . import trees
from .document import VERSION
from .threads import Call, File, Remark, Said, Thread, ToolUse
from .values import Fields

ENDS = [state for state in State if state not in OPEN]


def _most(model: Any, name: str) -> int:
    return int(model._meta.get_field(name).max_length)


def read(value: Any) -> Thread:
    """Raises BadFile."""
    fields = Fields(value, "")
    if fields.raw("version") != VERSION:
        raise fields.bad("version", _("This file was made by a newer Chatsite."))
    calls = tuple(_call(item) for item in fields.objects("calls"))
    messages = trees.strict([_said(item) for item in fields.objects("messages")])
    trees.check_calls(calls, messages)
    return Thread(
        title=fields.text("title", "", _most(Conversation, "title")),
        titled=fields.flag("titled", default=True),
        created_at=fields.moment("created_at"),
        updated_at=fields.moment("updated_at"),
        owner=fields.text("owner", ""),
        model=fields.text("model", ""),
        parameters=fields.parameters("parameters"),
        system_prompt=fields.text("system_prompt", ""),
        shown=trees.known(fields.number_or_none("shown"), messages),
        archived=fields.flag("archived", default=False),
        calls=calls,
        messages=messages,
    )


def _call(fields: Fields) -> Call:
    return Call(
        number=fields.number("number", 1),
        model=fields.text("model", "", _most(Completion, "model_name")),
        state=fields.one_of("state", ENDS, State.COMPLETED),
        parameters=fields.parameters("parameters"),
        error=fields.text("error", "", _most(Completion, "error_category")),
        kept_choice=fields.number_or_none("kept_choice", most=1000),
        started_at=fields.moment_or_none("started_at"),
        finished_at=fields.moment_or_none("finished_at"),
    )


def _said(fields: Fields) -> Said:
    return Said(
        number=fields.number("number", 1),
        parent=fields.number_or_none("parent", 1),
        role=fields.one_of("role", Role),
        text=fields.text("text", ""),
        created_at=fields.moment("created_at"),
        author=fields.text("author", ""),
        reasoning=fields.text("reasoning", ""),
        call=fields.number_or_none("call", 1),
        choice=fields.number_or_none("choice", most=1000) or 0,
        finish_reason=fields.text("finish_reason", "", _most(Message, "finish_reason")),
        tools=tuple(_tool(number, it) for number, it in enumerate(fields.objects("tools"), 0)),
        files=tuple(_file(item) for item in fields.objects("files")),
        comments=tuple(_remark(item) for item in fields.objects("comments")),
    )


def _tool(place: int, fields: Fields) -> ToolUse:
    """Nobody decides any more about a call that waited."""
    state = fields.one_of("state", CallState)
    return ToolUse(
        number=place,
        call_id=fields.text("call_id", "", _most(ToolCall, "call_id")),
        name=fields.text("name", "", _most(ToolCall, "name")),
        arguments=fields.text("arguments", ""),
        state=CallState.STOPPED if state in trees.OPEN_CALLS else state,
        asks=fields.one_of("asks", Asks, ""),
        result=fields.text("result", ""),
        seconds=fields.seconds("seconds"),
    )


def _file(fields: Fields) -> File:
    name = fields.text("name", None, _most(Attachment, "name"))
    text = fields.text("text", "")
    return File(
        name=name,
        kind=fields.text("kind", "txt", _most(Attachment, "kind")),
        size=fields.number("size"),
        text=text,
        pages=fields.number_or_none("pages"),
        cut=fields.flag("cut", default=False),
        data=_data(fields),
    )


def _data(fields: Fields) -> bytes | None:
    if fields.raw("data") is None:
        return None
    try:
        return base64.b64decode(fields.text("data"), validate=True)
    except (binascii.Error, ValueError):
        raise fields.bad("data", _("This is not base64.")) from None


def _remark(fields: Fields) -> Remark:
    return Remark(
        author=fields.text("author", ""),
        text=fields.text("text", None, _most(Comment, "text")),
        created_at=fields.moment("created_at"),
        edited_at=fields.moment_or_none("edited_at"),
    )
