"""Triggers that refuse to change or remove a row of the ledger, the audit log and their chain."""

from collections.abc import Iterator
from typing import Any

from django.db import connections

TABLES = ["chat_usagerecord", "chat_auditevent", "chat_chainlink"]
REFUSAL = "This table is append-only."


def on_sqlite(table: str) -> Iterator[str]:
    for event in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event.lower()} BEFORE {event} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def on_postgresql(table: str) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION chat_append_only()"
    )
    yield (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION chat_append_only()"
    )


def add(schema_editor: Any) -> None:
    """For the migration that begins it."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    if not is_sqlite:
        schema_editor.execute(
            "CREATE FUNCTION chat_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
    for table in TABLES:
        for statement in on_sqlite(table) if is_sqlite else on_postgresql(table):
            schema_editor.execute(statement)


def remove(schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute("DROP FUNCTION chat_append_only CASCADE")
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_no_update")
        schema_editor.execute(f"DROP TRIGGER {table}_no_delete")


def put_back(using: str, **_others: Any) -> None:
    """After migrations: on SQLite, one that makes a table anew loses its triggers."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in there.intersection(TABLES):
            for statement in on_sqlite(table):
                cursor.execute(statement)
