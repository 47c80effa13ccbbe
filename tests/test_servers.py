"""The servers that tests start are real, and the schema holds on PostgreSQL as on SQLite."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import redis

from .prepared import copy_tables
from .servers import Postgres, Redis

ROOT = Path(__file__).resolve().parent.parent
REFUSAL = "This table is append-only."
CHANGES = ["UPDATE chat_usagerecord SET total_tokens = 0", "DELETE FROM chat_usagerecord"]
RECORDED = "SELECT user_email, total_tokens FROM chat_usagerecord"
RECORD = """
    INSERT INTO chat_usagerecord (
        completion_id, conversation_id, user_email, user_name, teams, provider_name, model_name,
        purpose, outcome, source, total_tokens, mismatch, created_at, own_key, currency, note, mac
    ) VALUES (
        '00000000-0000-4000-8000-000000000001', '', 'alice@example.org', 'Alice', '', 'House',
        'house-1', 'answer', 'completed', 'reported', 12, FALSE, CURRENT_TIMESTAMP, FALSE,
        '', '', ''
    )
"""


def manage(directory: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": os.environ["PATH"], "CHATSITE_DATA_DIR": str(directory)}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *words],
        check=False,
        env={**surroundings, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        cwd=ROOT,
    )


@pytest.mark.postgres
def test_postgres_keeps_its_data_over_a_restart(postgres: Postgres, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    postgres.stop()
    postgres.run()
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT text FROM note").fetchall() == [("kept",)]


@pytest.mark.postgres
def test_migrations_run_on_postgres_and_leave_none_to_be_made(
    migrated: str, tmp_path: Path
) -> None:
    check = manage(tmp_path, "migrate", "--check", DATABASE_URL=migrated)
    assert check.returncode == 0, check.stderr


@pytest.mark.postgres
@pytest.mark.parametrize("statement", [*CHANGES, "TRUNCATE chat_usagerecord"])
def test_the_ledger_on_postgres_refuses_to_be_changed(migrated: str, statement: str) -> None:
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute(RECORD)
        with pytest.raises(psycopg.errors.RaiseException, match=REFUSAL):
            connection.execute(statement.encode())
        assert connection.execute(RECORDED).fetchall() == [("alice@example.org", 12)]


CHAIN = """
from uuid import uuid4
from chat.domain import chain, ledger, verifying
from chat.models import UsageRecord
from chat.models.chain_link import Chain
for tokens, cost in ((1, "0.1"), (None, None), (2**40, "1234567.00000001")):
    ledger.add(UsageRecord(completion_id=uuid4(), user_name="Zoë", provider_name="P",
        model_name="m", purpose="answer", outcome="failed", source="unknown",
        total_tokens=tokens, cost=cost, anonymized=tokens and True))
print(chain.extend(Chain.USAGE), verifying.verify(Chain.USAGE).finding)
"""


@pytest.mark.postgres
def test_the_chain_on_postgres_reads_back_what_was_written(migrated: str, tmp_path: Path) -> None:
    done = manage(tmp_path, "shell", "--no-imports", "-c", CHAIN, DATABASE_URL=migrated)
    assert (done.stdout, done.stderr) == ("3 None\n", "")
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute("ALTER TABLE chat_usagerecord DISABLE TRIGGER USER")
        connection.execute("UPDATE chat_usagerecord SET cost = 0.2 WHERE total_tokens = 1")
    told = manage(tmp_path, "verify_ledger", DATABASE_URL=migrated)
    assert told.returncode == 1
    assert "Usage ledger: NOT as written. Row 1 was changed after it was written." in told.stdout


@pytest.mark.parametrize("statement", CHANGES)
def test_the_ledger_on_sqlite_refuses_to_be_changed(tmp_path: Path, statement: str) -> None:
    copy_tables(tmp_path / "db.sqlite3")
    with closing(sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)) as connection:
        connection.execute(RECORD)
        with pytest.raises(sqlite3.IntegrityError, match=REFUSAL):
            connection.execute(statement)
        assert connection.execute(RECORDED).fetchall() == [("alice@example.org", 12)]


@pytest.mark.redis
def test_redis_keeps_what_it_is_given_until_it_is_emptied(
    redis_server: Redis, redis_url: str
) -> None:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        client.set("word", "kept")
        assert client.get("word") == "kept"
        redis_server.empty()
        assert client.get("word") is None


def test_a_table_that_a_migration_makes_anew_refuses_changes_again(tmp_path: Path) -> None:
    """On SQLite the triggers go with the old table."""
    assert manage(tmp_path, "migrate", "--verbosity", "0").returncode == 0
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER chat_usagerecord_no_delete")
    assert manage(tmp_path, "migrate", "--verbosity", "0").returncode == 0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(RECORD)
        with pytest.raises(sqlite3.IntegrityError, match=REFUSAL):
            connection.execute("DELETE FROM chat_usagerecord")
