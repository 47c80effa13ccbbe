"""The database of the tests: tables that are copied, and a ledger that only tests may empty."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.prepared import copy_tables

TRIGGERS = importlib.import_module("chat.migrations.0005_append_only")


def _around(statements: list[str]) -> list[str]:
    tables = TRIGGERS.TABLES
    if connection.vendor == "sqlite":
        drops = [f"DROP TRIGGER {t}_no_{event}" for t in tables for event in ("update", "delete")]
        makes = [statement for table in tables for statement in TRIGGERS.on_sqlite(table)]
        return [*drops, *statements, *makes]
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
def django_db_setup(django_db_setup: Any) -> Iterator[None]:
    """Lets transactional tests empty the append-only tables between tests."""
    operations = connection.ops
    flush = operations.execute_sql_flush
    operations.execute_sql_flush = lambda statements: flush(_around(statements))
    yield
    operations.execute_sql_flush = flush
