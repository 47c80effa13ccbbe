"""The database of the tests: tables that are copied, and a ledger that only tests may empty."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands import flush as flush_command
from django.db import connection, transaction

from chat.models import append_only
from tests.prepared import copy_tables


def _around(statements: list[str]) -> list[str]:
    tables = append_only.TABLES
    if connection.vendor == "sqlite":
        drops = [f"DROP TRIGGER {t}_no_{event}" for t in tables for event in ("update", "delete")]
        makes = [statement for table in tables for statement in append_only.on_sqlite(table)]
        # A database that has just been made remembers no row that was there before.
        names = ", ".join(f"'{table}'" for table in tables)
        forgotten = f"DELETE FROM sqlite_sequence WHERE name IN ({names})"
        return [*drops, *statements, forgotten, *makes]
    off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
    on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
    return [*off, *statements, *on]


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Migrating takes seconds, and each worker would do it again: on SQLite they get a copy."""
    if connection.vendor == "sqlite":
        copy_tables(Path(connection.settings_dict["TEST"]["NAME"]))
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """Transactional tests leave the rows that migrations made, and nothing else."""
    operations: Any = connection.ops
    flush = operations.execute_sql_flush
    announce = flush_command.emit_post_migrate_signal
    with django_db_blocker.unblock():
        made = list(_rows_of_migrations())

    def empty(statements: list[str]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            flush(_around(statements))
            for insert, rows in made:
                cursor.executemany(insert, rows)

    operations.execute_sql_flush = empty
    # What is made after migrations is among the rows that are put back.
    flush_command.emit_post_migrate_signal = lambda *_args, **_options: None
    yield
    operations.execute_sql_flush = flush
    flush_command.emit_post_migrate_signal = announce


def _rows_of_migrations() -> Iterator[tuple[str, list[Any]]]:
    """Statements to insert them, with their values."""
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"SELECT * FROM {table}")
            if rows := cursor.fetchall():
                values = ", ".join(["%s"] * len(rows[0]))
                yield f"INSERT INTO {table} VALUES ({values})", rows
