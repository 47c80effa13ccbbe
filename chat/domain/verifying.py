"""Walks the chain of the ledger or the audit log and names the first row that is not as written."""

import hmac
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from chat.models.chain_link import Chain

from . import chain as chains


class Fault(StrEnum):
    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    MOVED = "moved"
    CHAIN = "chain"
    CUT = "cut"
    ANCHOR = "anchor"


SENTENCES = {
    Fault.CHANGED: _("Row {row} was changed after it was written."),
    Fault.REMOVED: _("Row {row} was removed."),
    Fault.INSERTED: _("Row {row} was put in by something else than Chatsite."),
    Fault.MOVED: _("Row {row} is not in the place in which it was written."),
    Fault.CHAIN: _("The chain itself was changed at link {row}."),
    Fault.CUT: _("Rows after row {row} were removed at the end."),
    Fault.ANCHOR: _("Link {row} is not the one that the anchor file remembers."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`row` is the id of the row; of CHAIN and ANCHOR the number of the link."""

    fault: Fault
    row: int

    @property
    def words(self) -> str:
        return str(SENTENCES[self.fault]).format(row=self.row)

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Verdict:
    """`finding` is the first one; `waiting` rows are valid and get their link in a moment."""

    rows: int
    waiting: int
    head: chains.Head
    finding: Finding | None = None

    @property
    def all(self) -> int:
        return self.rows + self.waiting


def verify(chain: Chain, anchors: dict[int, str] | None = None) -> Verdict:
    """`anchors`: digests by number of link, as remembered outside of the database."""
    before = chains.Head()
    remembered = anchors or {}
    for seq, row_id, link_digest, row_mac, columns in _linked(chain):
        finding = _check(chain, before, (seq, row_id, link_digest, row_mac, columns))
        if finding is None and remembered.get(seq, link_digest) != link_digest:
            finding = Finding(Fault.ANCHOR, seq)
        if finding is not None:
            return Verdict(before.seq, 0, before, finding)
        before = chains.Head(seq, link_digest)
    if lost := [seq for seq in remembered if seq > before.seq]:
        return Verdict(before.seq, 0, before, Finding(Fault.ANCHOR, min(lost)))
    return _rest(chain, before)


def _check(chain: Chain, before: chains.Head, link: tuple[Any, ...]) -> Finding | None:
    seq, row_id, link_digest, row_mac, columns = link
    if seq != before.seq + 1:
        return Finding(Fault.CHAIN, before.seq + 1)
    if row_mac is None:
        return Finding(Fault.REMOVED, row_id)
    valid = hmac.compare_digest(row_mac, chains.mac_of(chain, columns))
    if not hmac.compare_digest(link_digest, chains.digest(before.digest, seq, row_id, row_mac)):
        # The row is one that Chatsite wrote, only not here.
        return Finding(Fault.MOVED if valid else Fault.CHANGED, row_id)
    return None if valid else Finding(Fault.CHANGED, row_id)


def _rest(chain: Chain, head: chains.Head) -> Verdict:
    waiting = 0
    everything = 1 << 62
    for row_id, row_mac, columns in chains.unlinked(chain, everything, look_back=everything):
        if not hmac.compare_digest(row_mac, chains.mac_of(chain, columns)):
            return Verdict(head.seq, waiting, head, Finding(Fault.INSERTED, row_id))
        waiting += 1
    return Verdict(head.seq, waiting, head, _cut(chain))


def _cut(chain: Chain) -> Finding | None:
    """SQLite remembers the highest id that a table ever had; sequences elsewhere have gaps."""
    if connection.vendor != "sqlite":
        return None
    table = chains.TABLES[chain]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.seq, COALESCE((SELECT MAX(id) FROM {table}), 0)"  # noqa: S608 - our name
            " FROM sqlite_sequence s WHERE s.name = %s",
            [table],
        )
        ever, last = cursor.fetchone() or (0, 0)
    return Finding(Fault.CUT, last) if ever > last else None


def _linked(chain: Chain) -> Iterator[tuple[Any, ...]]:
    """(seq, row id, digest, mac, columns) in the order of the links; mac None: no such row.

    In pages by number, so that memory does not grow and no long transaction holds others up.
    """
    table = chains.TABLES[chain]._meta.db_table
    ends = (
        "SELECT MAX(seq), MIN(row_id), MAX(row_id) FROM (SELECT seq, row_id FROM chat_chainlink"
        " WHERE chain = %s AND seq > %s ORDER BY seq LIMIT %s) page"
    )
    # Told both ends of both tables, no database thinks of reading the whole of one for a page.
    query = (
        f"SELECT l.seq, l.row_id, l.digest, r.mac, {chains.columns_sql(chain, 'r')}"  # noqa: S608
        f" FROM chat_chainlink l LEFT JOIN {table} r"
        " ON r.id = l.row_id AND r.id >= %s AND r.id <= %s"
        " WHERE l.chain = %s AND l.seq > %s AND l.seq <= %s ORDER BY l.seq"
    )
    before = 0
    while True:
        with closing(connection.cursor()) as cursor:
            cursor.execute(ends, [chain.value, before, chains.PAGE])
            last, lowest, highest = cursor.fetchone()
            if last is None:
                return
            cursor.execute(query, [lowest, highest, chain.value, before, last])
            rows = cursor.fetchall()
        yield from rows
        before = last


def lines_of(text: str) -> dict[Chain, dict[int, str]]:
    """Reads an anchor file: a line has time, chain, number and digest. Others are left out."""
    anchors: dict[Chain, dict[int, str]] = {chain: {} for chain in Chain}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 4 and words[1] in Chain.values and words[2].isdecimal():
            anchors[Chain(words[1])][int(words[2])] = words[3]
    return anchors


def anchor_lines(now: str) -> list[str]:
    """For the anchor file, one line for each chain that has begun."""
    heads = {chain: chains.head(chain) for chain in Chain}
    begun = [(chain, head) for chain, head in heads.items() if head.seq]
    return [f"{now} {chain.value} {head.seq} {head.digest}" for chain, head in begun]
