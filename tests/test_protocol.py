"""Commands from a browser that may be anybody; frames that merge and keep their effect."""

import json
import uuid
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.protocol import (
    COMMANDS,
    BadCommand,
    Frame,
    Ping,
    SendMessage,
    clean_text,
    merge,
    parse_command,
    split,
)
from chat.rendering import LiveDocument

CONVERSATION = "0e9b6c1e-7b7f-4b1e-9d7e-3f0a4d1c2b3a"
KEY = "5b0b4d3e-9f6b-4a3c-8e2d-1c0f9e8d7c6b"
SEND: dict[str, Any] = {
    "type": "message.send",
    "ref": 1,
    "conversation": CONVERSATION,
    "key": KEY,
    "text": "Hello",
    "language_model": 3,
}

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([CONVERSATION, "__proto__", "websocket.disconnect", "send", 2**53, -1]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
blocks = st.lists(st.text("abc<>", max_size=3), max_size=6).map(tuple)


def a_command_or_refused(text: str) -> None:
    try:
        command = parse_command(text)
    except BadCommand:
        return
    assert type(command) in COMMANDS.values()


def test_a_command_is_read_with_its_fields_and_defaults() -> None:
    assert parse_command(json.dumps(SEND)) == SendMessage(
        1, uuid.UUID(CONVERSATION), uuid.UUID(KEY), "Hello", 3, "", {}
    )
    assert parse_command('{"type": "ping"}') == Ping(0)


def test_a_message_names_its_files_and_its_preset() -> None:
    command = parse_command(json.dumps({**SEND, "attachments": [KEY], "preset": 7}))
    assert isinstance(command, SendMessage)
    assert (command.attachments, command.preset) == ((uuid.UUID(KEY),), 7)


@pytest.mark.parametrize(
    "ids", [None, KEY, [1], [KEY.upper() + " "], {KEY: 1}, [[KEY]], [KEY] * 21]
)
def test_files_are_a_short_list_of_ids(ids: object) -> None:
    with pytest.raises(BadCommand):
        parse_command(json.dumps({**SEND, "attachments": ids}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[1, 2]",
        '"ping"',
        "7",
        "{",
        "{}",
        "\x00",
        "\ud800",
        '{"type": "ping"} {"type": "ping"}',
        '{"type": null}',
        '{"type": ["ping"]}',
        '{"type": {"ping": 1}}',
        '{"type": "__proto__"}',
        '{"type": "websocket.disconnect"}',
        '{"type": "websocket.close"}',
        '{"type": "send"}',
        '{"type": "_start"}',
        '{"type": "ping", "extra": 1}',
        '{"type": "ping", "__proto__": {"ref": 1}}',
        '{"type": "ping", "__class__": "x"}',
        '{"type": "ping", "ref": NaN}',
        '{"type": "ping", "ref": Infinity}',
        '{"type": "ping", "ref": 1e999}',
        '{"type": "ping", "ref": -1}',
        '{"type": "ping", "ref": 1.0}',
        '{"type": "ping", "ref": true}',
        '{"type": "ping", "ref": "1"}',
        '{"type": "ping", "ref": 9007199254740992}',
        '{"type": "ping", "ref": %s}' % ("9" * 5000),
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"type": "conversation.open", "ref": 1}',
        '{"type": "conversation.open", "ref": 1, "conversation": 7}',
        '{"type": "conversation.open", "ref": 1, "conversation": "../../etc/passwd"}',
        '{"type": "conversation.open", "ref": 1, "conversation": "%s"}' % ("a" * 200),
        json.dumps({"type": "conversation.open", "ref": 1, "conversation": f"{{{KEY[:34]}}}"}),
        "x" * 300_000,
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(BadCommand):
        parse_command(text)


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"text": ["Hello"]},
        {"text": {"toString": "x"}},
        {"language_model": "3"},
        {"language_model": 2**63},
        {"key": None},
        {"key": "x" * 36},
        {"parameters": None},
        {"parameters": []},
        {"parameters": {"temperature": [1]}},
        {"parameters": {"temperature": {"a": 1}}},
        {"parameters": {"max_tokens": 10**400}},
        {"parameters": {"max_tokens": -(2**53)}},
        {"parameters": {str(number): 1 for number in range(51)}},
        {"owner": 1},
        {"role": "system"},
        {"status": "completed"},
        {"provider_id": 1},
        {"usage": {"total_tokens": 0}},
    ],
    ids=lambda change: str(change)[:60],
)
def test_a_send_with_a_wrong_or_a_foreign_field_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadCommand):
        parse_command(json.dumps(SEND | change))


def test_infinite_parameters_are_refused_however_they_are_written() -> None:
    for number in ("NaN", "-Infinity", "1e999", "-1e999", "1" * 5000):
        text = json.dumps(SEND | {"parameters": {"temperature": 0}}).replace("0}}", f"{number}}}}}")
        with pytest.raises(BadCommand):
            parse_command(text)


@given(st.text())
@example("\ud800")
@example("\x00{}")
def test_any_text_is_a_command_or_refused(text: str) -> None:
    a_command_or_refused(text)


@given(st.binary())
def test_any_bytes_read_as_text_are_a_command_or_refused(raw: bytes) -> None:
    a_command_or_refused(raw.decode("utf-8", "surrogateescape"))


@given(anything)
def test_any_json_is_a_command_or_refused(value: Any) -> None:
    a_command_or_refused(json.dumps(value))


@settings(max_examples=300)
@given(st.sampled_from(sorted(COMMANDS)), st.dictionaries(st.sampled_from(sorted(SEND)), anything))
def test_any_fields_of_a_known_type_are_a_command_or_refused(
    kind: str, given_fields: dict[str, Any]
) -> None:
    a_command_or_refused(json.dumps(SEND | given_fields | {"type": kind}))


@given(st.text(st.characters(exclude_categories=())))
@example("a\x00b\ud83d")
def test_a_cleaned_text_can_be_stored_and_sent(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert clean_text(cleaned) == cleaned


def test_a_pair_of_surrogates_becomes_the_sign_it_stands_for() -> None:
    command = parse_command(json.dumps(SEND | {"text": "🙂 \ud800 \x00."}))
    assert isinstance(command, SendMessage)
    assert command.text == "🙂 \ufffd ."


def applied(shown: list[str], frame: Frame) -> list[str]:
    assert len(shown) >= frame.keep
    return [*shown[: frame.keep], *frame.blocks]


@given(blocks, st.data())
def test_merging_has_the_effect_of_both_in_a_row(shown: tuple[str, ...], data: Any) -> None:
    first = Frame(4, data.draw(st.integers(0, len(shown))), data.draw(blocks))
    after = applied(list(shown), first)
    second = Frame(5, data.draw(st.integers(0, len(after))), data.draw(blocks))
    both = merge(first, second)
    assert applied(list(shown), both) == applied(after, second)
    assert both.seq == 5
    assert applied(applied(after, second), both) == applied(after, second), "not idempotent"


@given(st.integers(0, 4), blocks, st.integers(1, 10))
def test_splitting_and_merging_again_changes_nothing(
    keep: int, content: tuple[str, ...], most: int
) -> None:
    frame = Frame(9, keep, content)
    head, rest = split(frame, most)
    assert (merge(head, rest) if rest else head) == frame
    assert rest is None or (head.blocks and rest.blocks)


def test_a_frame_is_split_at_blocks_about_the_size() -> None:
    frame = Frame(3, 2, ("aaaa", "bbbb", "cccc"))
    assert split(frame, 8) == (Frame(3, 2, ("aaaa", "bbbb")), Frame(3, 4, ("cccc",)))
    assert split(frame, 1) == (Frame(3, 2, ("aaaa",)), Frame(3, 3, ("bbbb", "cccc")))
    assert split(frame, 100) == (frame, None)


MARKDOWN = [
    "# Title\n",
    "text **bold",
    "** more\n\n",
    "- one\n",
    "- two\n\n",
    "```py\nprint(1)\n",
    "```\n",
    "\r",
    "\n| a | b |\n|---|---|\n",
    "| 1 | 2 |\n\n",
    "[link][later]\n\n",
    "[later]: https://example.org/\n\n",
    "<script>alert(1)</script>\n\n",
    "$x^2$ and 🙂",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(MARKDOWN), min_size=1, max_size=12), st.data())
def test_a_slow_viewer_of_any_history_ends_with_the_same_blocks(
    texts: list[str], data: Any
) -> None:
    """Frames pile up, merge, are sent in parts: the page ends like everybody's."""
    document, shown = LiveDocument(), list[str]()
    waiting: Frame | None = None
    for seq, text in enumerate([*texts, None], start=1):
        keep = document.settle() if text is None else document.append(text)
        frame = Frame(seq, keep, tuple(document.blocks[keep:]))
        waiting = frame if waiting is None else merge(waiting, frame)
        if data.draw(st.booleans()):
            head, waiting = split(waiting, data.draw(st.integers(1, 60)))
            shown = applied(shown, head)
    while waiting is not None:
        head, waiting = split(waiting, 30)
        shown = applied(shown, head)
    assert shown == document.blocks
