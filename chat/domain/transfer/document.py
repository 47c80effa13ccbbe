"""Our own JSON, written: one conversation with all its branches, a line for each message.

    {"format": "chatsite-conversation", "version": 1, "exported_at": time,
     "title", "titled", "owner", "created_at", "updated_at", "model", "parameters",
     "system_prompt", "shown": number of the last message of the shown path, or null, "archived",
     "calls": [{"number", "model", "state", "parameters", "error", "kept_choice",
                "started_at", "finished_at"}],
     "messages": [{"number", "parent", "role", "author", "created_at", "text", "reasoning",
                   "call", "choice", "finish_reason",
                   "tools": [{"number", "call_id", "name", "arguments", "asks", "state",
                              "result", "seconds"}],
                   "files": [{"name", "kind", "size", "pages", "cut", "text", "data"}],
                   "comments": [{"author", "text", "created_at", "edited_at"}]}]}

Numbers count within the file; `parent` and `call` refer to them, and null means none. Times are
ISO 8601 in UTC. `owner` and `author` are names, `model` is the provider's name for it. `call` is
the call to a provider that wrote an answer; answers that were asked for at once share one. `state`
is how it ended: completed, stopped, failed, blocked, interrupted. `data` is the file in base64, or
null where files were left out. Empty lists of `tools`, `files`, `comments` are left out.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from .rows import data_of
from .threads import Call, File, Remark, Said, Thread

FORMAT, VERSION = "chatsite-conversation", 1


def document(thread: Thread, exported_at: datetime, *, with_files: bool = True) -> Iterator[str]:
    """The text in pieces: one file at a time is in memory."""
    head: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": _time(exported_at),
        "title": thread.title,
        "titled": thread.titled,
        "owner": thread.owner,
        "created_at": _time(thread.created_at),
        "updated_at": _time(thread.updated_at),
        "model": thread.model,
        "parameters": thread.parameters,
        "system_prompt": thread.system_prompt,
        "shown": thread.shown,
        "archived": thread.archived,
        "calls": [_call(call) for call in thread.calls],
    }
    yield _dumped(head)[:-1] + ', "messages": ['
    for index, said in enumerate(thread.messages):
        yield (",\n" if index else "\n") + _dumped(_said(said, with_files=with_files))
    yield "\n]}\n"


def _call(call: Call) -> dict[str, Any]:
    times = {"started_at": _time(call.started_at), "finished_at": _time(call.finished_at)}
    return asdict(call) | times


def _said(said: Said, *, with_files: bool) -> dict[str, Any]:
    lists = {
        "tools": [asdict(use) for use in said.tools],
        "files": [_file(file, with_data=with_files) for file in said.files],
        "comments": [_remark(remark) for remark in said.comments],
    }
    return {
        "number": said.number,
        "parent": said.parent,
        "role": said.role,
        "author": said.author,
        "created_at": _time(said.created_at),
        "text": said.text,
        "reasoning": said.reasoning,
        "call": said.call,
        "choice": said.choice,
        "finish_reason": said.finish_reason,
    } | {name: values for name, values in lists.items() if values}


def _file(file: File, *, with_data: bool) -> dict[str, Any]:
    data = data_of(file) if with_data else None
    return {
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "pages": file.pages,
        "cut": file.cut,
        "text": file.text,
        "data": base64.b64encode(data).decode() if data is not None else None,
    }


def _remark(remark: Remark) -> dict[str, Any]:
    times = {"created_at": _time(remark.created_at), "edited_at": _time(remark.edited_at)}
    return asdict(remark) | times


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment is not None else None


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
