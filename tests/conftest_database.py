"""Lets transactional tests empty the append-only ledger between tests, and nobody else."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

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
def django_db_setup(django_db_setup: Any) -> Iterator[None]:
    operations = connection.ops
    flush = operations.execute_sql_flush
    operations.execute_sql_flush = lambda statements: flush(_around(statements))
    yield
    operations.execute_sql_flush = flush
