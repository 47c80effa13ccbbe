"""Keyed hashes that bind the rows of the ledger and of the audit log, and their order.

Each row carries a MAC over its own columns, made when it is written. A moment later it gets a link
in `ChainLink`, whose digest is keyed over the link before it. Only valid rows are linked. So a row
that was changed has a wrong MAC, one that was removed leaves a link without a row, one that was put
in has no valid MAC and no link, and rows that changed places no longer fit their links.

    row.mac     = HMAC(key, chain US column US column …)
    link.digest = HMAC(key, digest before US seq US row id US row.mac)

The key is none of those that seal secrets: LEDGER_KEY, else a file in the data directory.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction

from chat import crypto
from chat.models import AuditEvent, ChainLink, UsageRecord
from chat.models.chain_link import Chain

# Unit separator between columns, record separator for null: neither is ever part of a text here.
BETWEEN, NULL = "\x1f", "\x1e"
BEGINNING = "0" * 64
# Transactions that began together end in any order: a row may come after one with a higher id.
LOOK_BACK = 1000
# Rows that are read at once, so that memory does not grow and nobody waits for long.
PAGE = 20_000
ADVISORY_LOCK = 0x6C656467  # "ledg"

TABLES: dict[Chain, type[models.Model]] = {Chain.USAGE: UsageRecord, Chain.AUDIT: AuditEvent}


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain; `seq` 0: there is none yet."""

    seq: int = 0
    digest: str = BEGINNING


@cache
def key() -> bytes:
    """Raises crypto.BadKeyRing with a sentence."""
    text = settings.LEDGER_KEY or crypto.load_or_create(settings.LEDGER_KEY_FILE)
    return text.strip().encode()


def mac(chain: Chain, row: models.Model) -> str:
    """Over all columns but the id, which the database gives, and the MAC itself."""
    values = [plain(field.to_python(getattr(row, field.attname))) for field in covered(chain)]
    return mac_of(chain, BETWEEN.join(values))


def mac_of(chain: Chain, columns: str) -> str:
    return _keyed(f"{chain.value}{BETWEEN}{columns}")


def digest(before: str, seq: int, row_id: int, row_mac: str) -> str:
    return _keyed(f"{before}{BETWEEN}{seq}{BETWEEN}{row_id}{BETWEEN}{row_mac}")


def _keyed(text: str) -> str:
    """What `hmac.digest` gives, in half its time: it would begin with the key for every row."""
    begun_inner, begun_outer = _halves(key())
    inner, outer = begun_inner.copy(), begun_outer.copy()
    inner.update(text.encode())
    outer.update(inner.digest())
    made: str = outer.hexdigest()
    return made


@lru_cache(2)
def _halves(secret: bytes) -> tuple[Any, Any]:
    """SHA-256 that has read the key, once for each of the two passes of HMAC."""
    block = (secret if len(secret) <= 64 else sha256(secret).digest()).ljust(64, b"\0")
    inner, outer = (sha256(bytes(byte ^ mask for byte in block)) for mask in (0x36, 0x5C))
    return inner, outer


@cache
def covered(chain: Chain) -> tuple[models.Field[Any, Any], ...]:
    fields = TABLES[chain]._meta.concrete_fields
    return tuple(field for field in fields if field.name not in {"id", "mac"})


def without_separators(text: str) -> str:
    return text.replace(BETWEEN, " ").replace(NULL, " ")


def plain(value: object) -> str:
    """As `columns_sql` makes the database write it."""
    if type(value) is str:
        return value
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]
    if isinstance(value, Decimal):
        return f"{value:.8f}"
    if isinstance(value, UUID):
        return value.hex
    return str(value)


def columns_sql(chain: Chain, table: str) -> str:
    """One text per row in SQL, the same on every database: a million rows need no objects."""
    write = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    null, between = f"{_chr(NULL)}", f" || {_chr(BETWEEN)} || "
    return between.join(
        f"COALESCE({write(field, f'{table}.{field.column}')}, {null})" for field in covered(chain)
    )


def _chr(character: str) -> str:
    function = "char" if connection.vendor == "sqlite" else "chr"
    return f"{function}({ord(character)})"


def _on_sqlite(field: models.Field[Any, Any], column: str) -> str:
    if isinstance(field, models.DecimalField):
        return f"CASE WHEN {column} IS NOT NULL THEN printf('%%.8f', {column}) END"
    if isinstance(field, models.DateTimeField):
        whole = f"length({column}) = 19"
        return f"CASE WHEN {whole} THEN {column} || '.000000' ELSE {column} END"
    return f"CAST({column} AS TEXT)"


def _on_postgresql(field: models.Field[Any, Any], column: str) -> str:
    if isinstance(field, models.DateTimeField):
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if isinstance(field, models.UUIDField):
        return f"replace({column}::text, '-', '')"
    if isinstance(field, models.BooleanField):
        return f"{column}::int::text"
    return f"{column}::text"


def head(chain: Chain) -> Head:
    last = ChainLink.objects.filter(chain=chain).order_by("-seq").values_list("seq", "digest")
    return Head(*row) if (row := last.first()) else Head()


def newest(chain: Chain) -> int:
    """The highest id of the table, so that nobody looks for new rows in vain; 0: it is empty."""
    return models.QuerySet(TABLES[chain]).aggregate(last=models.Max("id"))["last"] or 0


@transaction.atomic
def extend(chain: Chain, most: int = 5000) -> int:
    """Links up to `most` rows that have no link yet; returns how many. One writer at a time.

    Rows whose MAC is wrong stay without one: verifying names them.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    before = head(chain)
    links = []
    for row_id, row_mac, columns in unlinked(chain, most):
        if hmac.compare_digest(row_mac, mac_of(chain, columns)):
            seq = before.seq + 1
            before = Head(seq, digest(before.digest, seq, row_id, row_mac))
            links.append((chain.value, seq, row_id, before.digest))
    _insert(links)
    return len(links)


def _insert(links: list[tuple[str, int, int, str]]) -> None:
    """Past the ORM, which takes longer over many of them than all the rest."""
    if not links:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO chat_chainlink (chain, seq, row_id, digest) VALUES (%s, %s, %s, %s)", links
        )


def unlinked(chain: Chain, most: int, look_back: int = LOOK_BACK) -> Iterator[Sequence[Any]]:
    """(id, mac, columns) of up to `most` rows without a link, oldest first."""
    last = ChainLink.objects.filter(chain=chain).aggregate(last=models.Max("row_id"))["last"]
    found = 0
    for first, after in _pages(TABLES[chain]._meta.db_table, (last or 0) - look_back):
        for row in _unlinked(chain, first, after):
            if found == most:
                return
            found += 1
            yield row


def _pages(table: str, after: int) -> Iterator[tuple[int, int]]:
    """(a, b): the rows with ids over a, up to b, are PAGE of them, or the last ones."""
    query = f"SELECT MAX(id) FROM (SELECT id FROM {table} WHERE id > %s ORDER BY id LIMIT %s) page"  # noqa: S608 - our name
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [after, PAGE])
            [last] = cursor.fetchone()
        if last is None:
            return
        yield after, last
        after = last


def _unlinked(chain: Chain, first: int, last: int) -> list[Sequence[Any]]:
    """Both ends are told for both tables: no database can think of reading the whole of one."""
    query = (
        f"SELECT r.id, r.mac, {columns_sql(chain, 'r')} FROM {TABLES[chain]._meta.db_table} r"  # noqa: S608 - our names
        " LEFT JOIN chat_chainlink l"
        " ON l.chain = %s AND l.row_id = r.id AND l.row_id > %s AND l.row_id <= %s"
        " WHERE r.id > %s AND r.id <= %s AND l.id IS NULL ORDER BY r.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [chain.value, first, last, first, last])
        return list(cursor.fetchall())
