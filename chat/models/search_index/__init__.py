"""The full-text index over messages and titles, which the database's own triggers keep.

A message is indexed under its id, a title under a negative number, so that one index read backwards
gives the newest messages first. Beside the words stand marks, by which the index itself narrows to
what a person may see: of whom it is, in which conversation, of which role, author, model and month.

On SQLite a migration that makes a table anew loses its triggers, and cannot even do that while
triggers of other tables name it. So they are taken off before migrations and put on after them.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from . import postgresql, sqlite

# More of one message is not indexed: PostgreSQL refuses vectors of more than a megabyte.
MOST_CHARACTERS = sqlite.MOST_CHARACTERS

_set_aside: set[str] = set()


def install(connection: BaseDatabaseWrapper) -> None:
    """Makes the tables; on SQLite `put_triggers` does the rest."""
    _run(connection, sqlite.TABLES if connection.vendor == "sqlite" else postgresql.INSTALL)


def remove(connection: BaseDatabaseWrapper) -> None:
    _run(connection, sqlite.REMOVE if connection.vendor == "sqlite" else postgresql.REMOVE)


def take_triggers(using: str, plan: list[Any], **_rest: Any) -> None:
    """Before migrations."""
    connection = connections[using]
    if connection.vendor == "sqlite" and plan and _there(connection) >= set(sqlite.TRIGGERS):
        _run(connection, sqlite.WITHOUT_TRIGGERS)
        _set_aside.add(using)


def put_triggers(using: str, **_rest: Any) -> None:
    """After migrations. Where they were missing before, the index is filled anew."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    there = _there(connection)
    if sqlite.TABLE in there and not there >= set(sqlite.TRIGGERS):
        fill = [] if using in _set_aside else sqlite.FILL
        _run(connection, [*sqlite.WITHOUT_TRIGGERS, *fill, *sqlite.WITH_TRIGGERS])
    _set_aside.discard(using)


def fill_anew(connection: BaseDatabaseWrapper) -> None:
    """For those who have switched the triggers off to write many rows."""
    _run(connection, sqlite.FILL if connection.vendor == "sqlite" else postgresql.FILL)


def _there(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sqlite.THERE)
        return {name for (name,) in cursor.fetchall()}


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
