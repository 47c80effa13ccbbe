"""A running reply on its node: chunks in order once each, and a hole is noticed."""

import pytest

from chat.domain.progress import Stored
from chat.live.document import Hole, LiveReply
from chat.models.completion import Part
from chat.protocol import Frame

CHUNKS = [
    (1, Part.REASONING, "Let me see.\n\n"),
    (2, Part.CONTENT, "# Title\n\nFirst"),
    (3, Part.CONTENT, " paragraph.\n\nSecond"),
    (4, Part.CONTENT, " one."),
]


def blocks(live: LiveReply) -> dict[Part, list[str]]:
    return {part: document.blocks for part, document in live.documents.items()}


def test_stored_and_arriving_chunks_give_the_same_page() -> None:
    stored = LiveReply.from_stored(
        7, Stored("", chunks=[(seq, int(part), text) for seq, part, text in CHUNKS])
    )
    arriving = LiveReply.from_stored(7, Stored(""))
    for chunk in CHUNKS:
        arriving.advance([chunk])
    assert stored.seq == arriving.seq == 4
    assert blocks(stored) == blocks(arriving)


def test_a_frame_keeps_the_blocks_that_did_not_change() -> None:
    live = LiveReply.from_stored(7, Stored(""))
    live.advance(CHUNKS[:2])
    frames = live.advance(CHUNKS[2:])
    assert frames == {Part.CONTENT: Frame(4, 1, ("<p>First paragraph.</p>", "<p>Second one.</p>"))}


def test_a_chunk_that_came_before_changes_nothing() -> None:
    live = LiveReply.from_stored(7, Stored(""))
    live.advance(CHUNKS)
    before = blocks(live)
    assert live.advance(CHUNKS) == {}
    assert live.advance(CHUNKS[1:3]) == {}
    assert (blocks(live), live.seq) == (before, 4)


def test_an_overlap_takes_only_what_is_new() -> None:
    live = LiveReply.from_stored(7, Stored(""))
    live.advance(CHUNKS[:3])
    live.advance(CHUNKS[1:])
    assert blocks(live)[Part.CONTENT][1:] == ["<p>First paragraph.</p>", "<p>Second one.</p>"]


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_chunk_is_a_hole(missing: int) -> None:
    live = LiveReply.from_stored(7, Stored(""))
    with pytest.raises(Hole):
        live.advance(CHUNKS[:missing] + CHUNKS[missing + 1 :])


def test_who_joins_gets_everything_after_keeping_nothing() -> None:
    live = LiveReply.from_stored(7, Stored(""))
    live.advance(CHUNKS)
    frames = live.snapshot()
    assert {part: (frame.seq, frame.keep) for part, frame in frames.items()} == {
        Part.REASONING: (4, 0),
        Part.CONTENT: (4, 0),
    }
    assert {part: list(frame.blocks) for part, frame in frames.items()} == blocks(live)


def test_a_reply_that_goes_on_begins_with_the_text_it_continues() -> None:
    live = LiveReply.from_stored(7, Stored("It was a ", chunks=[(1, 0, "dark night.")]))
    assert blocks(live) == {Part.CONTENT: ["<p>It was a dark night.</p>"]}


def test_the_end_settles_references_that_came_late() -> None:
    live = LiveReply.from_stored(7, Stored(""))
    live.advance([(1, Part.CONTENT, "[link][later]\n\nMore.\n\n")])
    live.advance([(2, Part.CONTENT, "[later]: https://example.org/\n")])
    frame = live.settle()[Part.CONTENT]
    shown = "".join(blocks(live)[Part.CONTENT])
    assert 'href="https://example.org/"' in shown
    assert (frame.keep, frame.seq) == (0, 2)


def test_what_is_read_after_the_end_is_whole_and_takes_nothing_more() -> None:
    live = LiveReply.from_stored(7, Stored("All of it.", "Thought.", is_whole=True))
    assert live.advance([(1, Part.CONTENT, "All of it.")]) == {}
    assert blocks(live) == {
        Part.CONTENT: ["<p>All of it.</p>"],
        Part.REASONING: ["<p>Thought.</p>"],
    }
