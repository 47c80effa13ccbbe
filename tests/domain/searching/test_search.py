"""What people find, and what they never do: by words, filters and hostile text."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.domain.search import Results, search
from chat.models import Comment, Conversation, Message, User
from tests.processes import ROOT, environment

from . import scene


def test_everybody_finds_what_they_may_read_and_nothing_else(db: None) -> None:
    assert scene.wrong(scene.play()) == {}


@pytest.mark.postgres
def test_the_same_is_found_on_postgres(migrated: str, tmp_path: Path) -> None:
    """And nothing is left in the index when the tables are emptied."""
    there = environment(
        DATABASE_URL=migrated,
        CHATSITE_DATA_DIR=tmp_path,
        DJANGO_SETTINGS_MODULE="chatsite.settings",
    )
    played = subprocess.run(
        [sys.executable, "-m", "tests.domain.searching.scene", "empty"],
        cwd=ROOT,
        env=there,
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    assert json.loads(played.stdout) == {"wrong": {}, "wrong among many": {}, "left": 0}


def test_a_deactivated_person_finds_nothing(alice: User, conversation: Conversation) -> None:
    alice.is_active = False
    assert search(alice, "moving") == Results(asked=False)


def test_a_hit_tells_where_who_when_and_marks_the_words(
    alice: User, conversation: Conversation
) -> None:
    said = Message.objects.create(
        conversation=conversation, role="user", author=alice, content="Nach *Zürich* ziehen"
    )
    (hit,) = search(alice, "zuri").messages
    assert (hit.conversation, hit.message, hit.role) == (conversation.id, said.id, "user")
    assert (hit.author, hit.owner, hit.when) == ("", "", said.created_at)
    assert [(part.text, part.marked) for part in hit.parts] == [
        ("Nach ", False),
        ("Züri", True),
        ("ch ziehen", False),
    ]


def test_a_hit_in_a_comment_tells_who_wrote_it_and_where_to_jump(
    alice: User, bob: User, conversation: Conversation
) -> None:
    said = Message.objects.create(conversation=conversation, role="assistant", content="Yes.")
    comment = Comment.objects.create(
        conversation=conversation, message=said, author=bob, text="Ask Zoé first"
    )
    (hit,) = search(alice, "zoe ").messages
    assert (hit.message, hit.in_comment, hit.author) == (said.id, True, "Bob Brunner")
    assert (hit.when, [part.text for part in hit.parts]) == (
        comment.created_at,
        ["Ask ", "Zoé", " first"],
    )
    assert [hit.in_comment for hit in search(alice, "yes ").messages] == [False]


def test_pages_follow_each_other_without_gap_or_repetition(
    alice: User, conversation: Conversation
) -> None:
    for number in range(7):
        Message.objects.create(conversation=conversation, role="user", content=f"page {number}")
    found, after = [], ""
    while True:
        results = search(alice, "page", after=after, limit=3)
        found.append([hit.parts[1].text for hit in results.messages])
        after = results.more
        if not after:
            break
    assert found == [[" 6", " 5", " 4"], [" 3", " 2", " 1"], [" 0"]]
    assert search(alice, "page", after="x'--", limit=3).messages[0].parts[1].text == " 6"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", ""),
        ("  ", ""),
        ("!?", "Type at least one letter or digit to search for."),
        ("🎉🎉", "Type at least one letter or digit to search for."),
        ("has:nothing x", "“nothing” was left out: such a filter has no meaning."),
        ("before:yesterday x", "“yesterday” was left out: such a filter has no meaning."),
        ("note:x", "“note:” is no filter and was searched for as words."),
        ("http://x.org", ""),
        ("a " * 20, "Only the first 12 words were used."),
    ],
)
def test_people_are_told_what_was_not_understood(alice: User, typed: str, sentence: str) -> None:
    assert search(alice, typed).sentence == sentence


SIGNS = [*"\"'*^:()-+{}\\%_;\0\ud800 天é🎉\u0301\u202e"]
WORDS = ["OR", "AND", "NOT", "NEAR(a b, 2)", "words:", "marks:o1", "moving", "--"]
FILTERS = ["from:", "has:", "in:", "before:9999-99-99", "after:", "folder:", "shared:", "model:"]
PIECES = st.sampled_from(SIGNS + WORDS + FILTERS)
ONCE_FOR_ALL = [HealthCheck.function_scoped_fixture]


@settings(max_examples=150, deadline=None, suppress_health_check=ONCE_FOR_ALL)
@given(text=st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=60)))
def test_whatever_is_typed_gives_results_or_a_sentence(
    alice: User, conversation: Conversation, text: str
) -> None:
    results = search(alice, text)
    assert "too long" not in results.sentence
    assert results.asked or results.count == 0


@pytest.mark.parametrize("text", ["x" * 10_000, '"' * 10_000, "(a OR " * 2000, "天" * 5000])
def test_very_long_text_is_cut(alice: User, text: str) -> None:
    results = search(alice, text)
    assert results.count == 0
    assert "Only the first" in results.sentence or "at least one letter" in results.sentence


@pytest.mark.parametrize("rows", [1, 15])
def test_the_number_of_queries_does_not_grow_with_the_hits(
    alice: User, bob: User, rows: int
) -> None:
    for _ in range(rows):
        mine = Conversation.objects.create(owner=alice, title="Plan")
        Message.objects.create(conversation=mine, role="user", author=alice, content="Plan")
    with CaptureQueriesContext(connection) as captured:
        assert len(search(alice, "plan").messages) == rows
    # Shared one by one, by folder, deleted; titles, messages; places, rights, texts, comments.
    assert len(captured) == 9
