"""A mailbox: one frame per part, events in order, and no more on the way than was acknowledged."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.live.mailbox import FRAME_CHARACTERS, MOST_EVENTS, WINDOW, Mailbox, Overfull
from chat.models.completion import Part
from chat.protocol import Frame

REPLY = 7


def taken(mailbox: Mailbox) -> dict[str, Any]:
    text = mailbox.take()
    assert text is not None
    return dict(json.loads(text))


def frame(seq: int, keep: int, *blocks: str) -> Frame:
    return Frame(seq, keep, blocks)


def test_an_empty_mailbox_gives_nothing() -> None:
    mailbox = Mailbox()
    assert mailbox.is_empty
    assert mailbox.take() is None


def test_frames_of_one_part_wait_as_one() -> None:
    mailbox = Mailbox()
    mailbox.put_frame(REPLY, Part.CONTENT, frame(1, 0, "a"))
    mailbox.put_frame(REPLY, Part.CONTENT, frame(2, 1, "b", "c"))
    mailbox.put_frame(REPLY, Part.CONTENT, frame(3, 2, "d"))
    message = taken(mailbox)
    assert message.pop("at") > 0
    assert message == {
        "type": "reply.advanced",
        "reply": REPLY,
        "part": "content",
        "seq": 3,
        "keep": 0,
        "blocks": ["a", "b", "d"],
    }
    assert mailbox.is_empty


def test_parts_and_replies_wait_apart_and_everything_keeps_its_order() -> None:
    mailbox = Mailbox()
    mailbox.put_event({"type": "message.created"})
    mailbox.put_frame(REPLY, Part.REASONING, frame(1, 0, "why"))
    mailbox.put_frame(REPLY, Part.CONTENT, frame(2, 0, "so"))
    mailbox.put_frame(8, Part.CONTENT, frame(1, 0, "other"))
    mailbox.put_event({"type": "reply.ended"})
    mailbox.put_frame(REPLY, Part.CONTENT, frame(3, 0, "so it is"))
    got = [taken(mailbox) for _ in range(5)]
    assert [(one["type"], one.get("part"), one.get("blocks")) for one in got] == [
        ("message.created", None, None),
        ("reply.advanced", "reasoning", ["why"]),
        ("reply.advanced", "content", ["so it is"]),
        ("reply.advanced", "content", ["other"]),
        ("reply.ended", None, None),
    ]


def test_the_count_in_a_message_covers_all_bytes_up_to_its_end() -> None:
    mailbox = Mailbox()
    total = 0
    for text in ("a", "ü" * 100, "🙂" * 1000):
        mailbox.put_event({"type": "words", "text": text})
        message = mailbox.take()
        assert message is not None
        total += len(message.encode())
        assert total <= json.loads(message)["at"] <= total + 100
        assert json.loads(message)["text"] == text


def test_a_full_window_gives_nothing_until_something_is_acknowledged() -> None:
    mailbox = Mailbox()
    for number in range(20):
        mailbox.put_event({"type": "words", "text": "x" * 50_000, "number": number})
    sent = 0
    while mailbox.take():
        sent += 1
    assert WINDOW <= mailbox.outstanding < WINDOW + 51_000
    assert not mailbox.is_empty
    mailbox.acknowledge(100_000)
    assert taken(mailbox)["number"] == sent


def test_an_acknowledgement_counts_only_what_was_sent_and_never_goes_back() -> None:
    mailbox = Mailbox()
    mailbox.put_event({"type": "words", "text": "x" * 1000})
    taken(mailbox)
    mailbox.acknowledge(2**52)
    assert mailbox.outstanding == 0
    mailbox.put_event({"type": "words", "text": "x" * 1000})
    taken(mailbox)
    waiting = mailbox.outstanding
    assert waiting > 1000
    mailbox.acknowledge(0)
    assert mailbox.outstanding == waiting


def test_a_large_frame_leaves_in_parts_and_takes_newer_text_in_between() -> None:
    mailbox = Mailbox()
    blocks = [f"<p>{number:05}{'x' * 1000}</p>" for number in range(120)]
    mailbox.put_frame(REPLY, Part.CONTENT, frame(1, 0, *blocks))
    shown: list[str] = []
    sizes = []
    grew = False
    while not mailbox.is_empty:
        message = taken(mailbox)
        shown[message["keep"] :] = message["blocks"]
        sizes.append(sum(map(len, message["blocks"])))
        if not grew:
            mailbox.put_frame(REPLY, Part.CONTENT, frame(2, 120, "<p>new</p>"))
            grew = True
    assert shown == [*blocks, "<p>new</p>"]
    assert max(sizes) <= FRAME_CHARACTERS
    assert len(sizes) == 3


def test_a_viewer_that_takes_nothing_is_given_up() -> None:
    mailbox = Mailbox()
    for number in range(MOST_EVENTS + 1):
        mailbox.put_event({"type": "words", "number": number})
    with pytest.raises(Overfull):
        mailbox.put_event({"type": "words"})


def test_a_viewer_that_takes_nothing_costs_one_frame_however_long_the_reply() -> None:
    mailbox = Mailbox()
    for seq in range(10_000):
        mailbox.put_frame(REPLY, Part.CONTENT, frame(seq, min(seq, 5), "tail"))
    assert taken(mailbox)["blocks"] == ["tail"] * 6
    assert mailbox.is_empty


@given(st.data())
def test_whatever_the_pace_of_a_viewer_it_ends_with_the_last_state(data: Any) -> None:
    mailbox = Mailbox()
    truth: list[str] = []
    shown: list[str] = []
    for seq in range(1, data.draw(st.integers(1, 15))):
        keep = data.draw(st.integers(0, len(truth)))
        fresh = data.draw(st.lists(st.text("ab", max_size=2), max_size=4))
        truth[keep:] = fresh
        mailbox.put_frame(REPLY, Part.CONTENT, Frame(seq, keep, tuple(fresh)))
        if data.draw(st.booleans()):
            message = taken(mailbox)
            assert message["keep"] <= len(shown)
            shown[message["keep"] :] = message["blocks"]
    if not mailbox.is_empty:
        message = taken(mailbox)
        shown[message["keep"] :] = message["blocks"]
    assert shown == truth
