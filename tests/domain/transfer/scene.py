"""What the tests of export and import share: any thread, and files as they come."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from chat.domain.transfer import jobs
from chat.domain.transfer.document import document
from chat.domain.transfer.exporting import Export
from chat.domain.transfer.importing import Import
from chat.domain.transfer.incoming import threads
from chat.domain.transfer.threads import Call, File, Remark, Said, Thread, ToolUse
from chat.domain.transfer.words import BadFile
from chat.models import Transfer, User
from chat.models.transfer import TransferState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER = "Alice Adler"

TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30
) | st.sampled_from(["", "# Title", "```\ncode\n```", '"}],\\', "<script>alert(1)</script>"])
MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))
VALUES = st.booleans() | st.integers(-9, 9) | st.floats(-2, 2, allow_nan=False) | TEXT
PARAMETERS = st.dictionaries(st.sampled_from(["temperature", "n", "stop"]), VALUES, max_size=3)
ENDS = st.sampled_from(["completed", "stopped", "failed", "blocked", "interrupted"])
CALLS = st.builds(
    Call,
    number=st.just(0),
    model=st.sampled_from(["house-1", "gone-7", ""]),
    state=ENDS,
    parameters=PARAMETERS,
    error=st.sampled_from(["", "rate_limited"]),
    kept_choice=st.none() | st.integers(0, 3),
    started_at=st.none() | MOMENTS,
    finished_at=st.none() | MOMENTS,
)
TOOLS = st.builds(
    ToolUse,
    number=st.just(0),
    call_id=st.just("call-1"),
    name=st.just("calculator"),
    arguments=TEXT,
    state=st.sampled_from(["done", "failed", "refused", "stopped"]),
    result=TEXT,
    seconds=st.none() | st.floats(0, 9),
)
FILES = st.builds(
    lambda name, text, data: File(name, "txt", len(data), text, data=data),
    st.sampled_from(["a.txt", "Ärger.pdf"]),
    TEXT,
    st.binary(max_size=20),
)
REMARKS = st.builds(Remark, st.sampled_from([OWNER, ""]), TEXT, MOMENTS, st.none() | MOMENTS)


@st.composite
def any_thread(draw: Any) -> Thread:
    """Any tree, with several roots, of up to a dozen messages."""
    count = draw(st.integers(0, 12))
    calls, messages = [], []
    for number in range(1, count + 1):
        role = draw(st.sampled_from(["user", "assistant", "system"]))
        call = None
        if role == "assistant":
            calls.append(replaced(draw(CALLS), len(calls) + 1))
            call = len(calls)
        messages.append(_said(draw, number, role, call))
    shown = draw(st.none() | st.integers(1, count)) if count else None
    return Thread(
        title=draw(TEXT),
        titled=draw(st.booleans()),
        created_at=draw(MOMENTS),
        updated_at=draw(MOMENTS),
        owner=OWNER,
        model=draw(st.sampled_from(["house-1", ""])),
        parameters=draw(PARAMETERS),
        system_prompt=draw(TEXT),
        shown=shown,
        archived=draw(st.booleans()),
        calls=tuple(calls),
        messages=tuple(messages),
    )


def _said(draw: Any, number: int, role: str, call: int | None) -> Said:
    is_reply = role == "assistant"
    tools = draw(st.lists(TOOLS, max_size=2)) if is_reply else []
    return Said(
        number=number,
        parent=draw(st.none() | st.integers(1, number - 1)) if number > 1 else None,
        role=role,
        text=draw(TEXT),
        created_at=draw(MOMENTS),
        author=draw(st.sampled_from([OWNER, ""])) if role == "user" else "",
        reasoning=draw(TEXT) if is_reply else "",
        call=call,
        choice=draw(st.integers(0, 2)),
        finish_reason=draw(st.sampled_from(["stop", "length", ""])) if is_reply else "",
        tools=tuple(replaced(use, place) for place, use in enumerate(tools)),
        files=tuple(draw(st.lists(FILES, max_size=1))) if role == "user" else (),
        comments=tuple(draw(st.lists(REMARKS, max_size=2))),
    )


def replaced(thing: Any, number: int) -> Any:
    return replace(thing, number=number)


def written(thread: Thread) -> str:
    return "".join(document(thread, NOW))


def read(value: object) -> list[Thread]:
    """A file with this JSON, or these bytes."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return [one.thread for one in threads(io.BytesIO(data), len(data))]


def refused(value: object) -> str:
    """The sentence with which it is refused; empty: it is not."""
    try:
        read(value)
    except BadFile as bad:
        return str(bad.words)
    return ""


def exported(user: User) -> Transfer:
    """An export, as a node makes it."""
    return _done(jobs.begin_export(user), Export)


def imported(user: User, data: bytes, name: str = "conversations.json") -> Transfer:
    """An import, as a node makes it; failed where the file is broken."""
    return _done(jobs.begin_import(user, name, [data]), Import)


def _done(row: Transfer, kind: Any) -> Transfer:
    claimed = jobs.claim("a-node")
    assert claimed == row
    work = kind(claimed)
    try:
        while work.read():
            assert work.write()
        work.finish()
    except BadFile as bad:
        work.give_up()
        jobs.end(claimed, TransferState.FAILED, {"words": bad.words})
    row.refresh_from_db()
    return row
