"""Lets transactional tests empty the append-only ledger between tests, and nobody else."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

TRIGGERS = importlib.import_module("chat.migrations.0002_append_only_ledger")

PG_OFF = "ALTER TABLE chat_usagerecord DISABLE TRIGGER USER"
PG_ON = "ALTER TABLE chat_usagerecord ENABLE TRIGGER USER"


def _around(statements: list[str]) -> list[str]:
    if connection.vendor == "sqlite":
        names = ("usagerecord_no_update", "usagerecord_no_delete")
        drops = [f"DROP TRIGGER {name}" for name in names]
        return [*drops, *statements, *TRIGGERS.SQLITE]
    return [PG_OFF, *statements, PG_ON]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: Any) -> Iterator[None]:
    operations = connection.ops
    flush = operations.execute_sql_flush
    operations.execute_sql_flush = lambda statements: flush(_around(statements))
    yield
    operations.execute_sql_flush = flush
