"""The index on SQLite is always what it would be if it were made anew."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.models import Attachment, Comment, Conversation, Message, User, search_index
from chat.models.search_index import sqlite

from .scene import index_size, play


def content() -> list[tuple[Any, ...]]:
    """Every word of the index, with the message and the place where it stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.word"
            " USING fts5vocab('main', 'chat_search', 'instance')"
        )
        cursor.execute("SELECT doc, col, offset, term FROM temp.word ORDER BY 1, 2, 3, 4")
        return cursor.fetchall()


def rows() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, marks, comments FROM chat_searchentry ORDER BY id")
        return cursor.fetchall()


def is_as_new() -> bool:
    """Titles are numbered anew, so only messages are compared number by number."""
    before = [row for row in content() if row[0] > 0], [row for row in rows() if row[0] > 0]
    words_of_titles = sorted(row[1:] for row in content() if row[0] < 0)
    search_index.fill_anew(connection)
    after = [row for row in content() if row[0] > 0], [row for row in rows() if row[0] > 0]
    return before == after and words_of_titles == sorted(row[1:] for row in content() if row[0] < 0)


def test_after_all_kinds_of_changes(db: None) -> None:
    scene = play()
    move, ask = scene.threads["Moving house"], scene.messages["ask"]
    assert is_as_new()
    Message.with_deleted.exclude(deletion=None).update(deletion=None)
    moved = Conversation.objects.filter(id=move.id)
    moved.update(title="Nouvelle maison 天気", owner=scene.people["bob"])
    Message.objects.filter(id=ask.id).update(content="天" * 500 + " mixed with words")
    Attachment.objects.all().delete()
    Comment.objects.create(conversation=move, message=ask, text="Well")
    assert is_as_new()
    Comment.objects.all().delete()
    scene.threads["Numbers"].delete()
    scene.people["alice"].delete()
    assert is_as_new()
    scene.people["bob"].delete()
    assert (index_size(), content()) == (0, [])


CHANGES: dict[str, Callable[[Conversation, str], object]] = {
    "add": lambda it, text: Message.objects.create(conversation=it, role="user", content=text),
    "tool": lambda it, text: Message.objects.create(conversation=it, role="tool", content=text),
    "write": lambda it, text: Message.objects.filter(conversation=it).update(content=text),
    "delete": lambda it, text: it.messages.update(deletion=uuid.uuid4()),
    "comment": lambda it, text: [
        Comment.objects.create(conversation=it, message=message, text=text)
        for message in it.messages.all()[:3]
    ],
    "reword": lambda it, text: Comment.objects.filter(conversation=it).update(text=text),
    "uncomment": lambda it, text: Comment.objects.filter(text=text).delete(),
    "undo": lambda it, text: Message.with_deleted.filter(conversation=it).update(deletion=None),
    "remove": lambda it, text: it.messages.filter(content=text).delete(),
    "title": lambda it, text: Conversation.objects.filter(id=it.id).update(title=text[:200]),
}


TEXTS = st.text("a天é \n`|-", max_size=9)
ONCE_FOR_ALL = [HealthCheck.function_scoped_fixture]


@settings(max_examples=40, deadline=None, suppress_health_check=ONCE_FOR_ALL)
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), TEXTS)))
def test_after_any_sequence_of_changes(
    alice: User, conversation: Conversation, steps: list[tuple[str, str]]
) -> None:
    for name, text in steps:
        CHANGES[name](conversation, text)
    assert is_as_new()


ORDERS = [
    ["conversation", "comment", "attachment", "message"],
    ["conversation", "message", "comment", "attachment"],
    ["message", "attachment", "comment", "conversation"],
]


@pytest.mark.parametrize("order", ORDERS)
def test_tables_may_be_emptied_in_any_order(db: None, order: list[str]) -> None:
    """Foreign keys are looked at only at the end, which this transaction does not reach."""
    play()
    with connection.cursor() as cursor:
        for table in order:
            cursor.execute(f"DELETE FROM chat_{table}")
    assert (index_size(), content()) == (0, [])
    transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_emptied_tables_leave_an_empty_index() -> None:
    play()
    call_command("flush", interactive=False, verbosity=0)
    assert (index_size(), content()) == (0, [])


def test_triggers_that_a_migration_has_lost_are_put_back_and_the_index_is_made_anew(
    alice: User, conversation: Conversation
) -> None:
    with connection.cursor() as cursor:
        for statement in sqlite.WITHOUT_TRIGGERS:
            cursor.execute(statement)
    Message.objects.create(conversation=conversation, role="user", content="meanwhile")
    search_index.put_triggers("default")
    Message.objects.create(conversation=conversation, role="user", content="afterwards")
    words = {row[3] for row in content()}
    assert {"meanwhile", "afterwards"} <= words
    assert is_as_new()


def test_triggers_are_out_of_the_way_while_migrations_run(
    alice: User, conversation: Conversation
) -> None:
    search_index.take_triggers("default", plan=[object()])
    Message.objects.create(conversation=conversation, role="user", content="meanwhile")
    search_index.put_triggers("default")
    assert "meanwhile" not in {row[3] for row in content()}
    search_index.take_triggers("default", plan=[])
    Message.objects.create(conversation=conversation, role="user", content="afterwards")
    assert "afterwards" in {row[3] for row in content()}
