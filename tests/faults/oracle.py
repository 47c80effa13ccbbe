"""What must hold after every fault."""

from collections.abc import Iterable

from tests.faults.viewer import Event, Viewer, article, text_of, words
from tests.processes import Site

OPEN = "state IN ('queued', 'running')"


def stored_text(site: Site, reply: int) -> str:
    """The text of a reply in the database, chunks that are not joined yet included."""
    [(content,)] = site.rows("SELECT content FROM chat_message WHERE id = ?", reply)
    chunks = site.rows(
        "SELECT text FROM chat_replychunk WHERE reply_id = ? AND part = 0 ORDER BY seq", reply
    )
    return str(content) + "".join(text for (text,) in chunks)


def state_of(site: Site, reply: int) -> str:
    query = (
        "SELECT c.state FROM chat_completion c JOIN chat_message m ON m.completion_id = c.id"
        " WHERE m.id = ?"
    )
    [(state,)] = site.rows(query, reply)
    return str(state)


def outcomes(site: Site, reply: int) -> list[tuple[str, str]]:
    """(outcome, source) of each row of the ledger that belongs to the reply."""
    query = (
        "SELECT u.outcome, u.source FROM chat_usagerecord u"
        " JOIN chat_message m ON m.completion_id = u.completion_id WHERE m.id = ?"
    )
    return [(outcome, source) for outcome, source in site.rows(query, reply)]


def assert_what_was_seen_is_stored(site: Site, reply: int, viewers: Iterable[Viewer]) -> None:
    """Of an answer to `/demo steady`: numbered words, which no markdown changes."""
    stored = words(stored_text(site, reply))
    assert stored == [f"w{number:06}" for number in range(len(stored))]
    for viewer in viewers:
        seen = words(viewer.text(reply))
        assert seen == stored[: len(seen)], "text was seen that is not stored"
        assert (viewer.holes, viewer.backwards) == (0, 0)


def assert_settled(site: Site, *, replies: int) -> None:
    """Nothing runs any more, and every call is in the ledger exactly once."""
    assert site.rows(f"SELECT id, state FROM chat_completion WHERE {OPEN}") == []
    assert site.rows("SELECT count(*) FROM chat_replychunk") == [(0,)]
    counts = site.rows(
        "SELECT count(*), count(DISTINCT completion_id), (SELECT count(*) FROM chat_completion)"
        " FROM chat_usagerecord"
    )
    assert counts == [(replies, replies, replies)]


def assert_stored_as_interrupted(site: Site, reply: int) -> None:
    """And counted once."""
    ending = (state_of(site, reply), outcomes(site, reply))
    assert ending == ("interrupted", [("interrupted", "estimated")])


async def assert_interrupted(site: Site, viewer: Viewer, sent: Event) -> None:
    """The page of the next server offers what can be done."""
    reply = sent["reply"]
    stored = stored_text(site, reply)
    assert_stored_as_interrupted(site, reply)
    turn = article(await viewer.page(sent["conversation"]), reply)
    assert words(text_of(turn)) == words(stored)
    assert ("Continue" in turn, "Try again" in turn) == (bool(stored), True)
