"""The search on PostgreSQL: the newest texts one by one, then blocks of older ones by the index.

A GIN index knows no order: of a word that stands in every second text it would give all before the
newest twenty are known. Such words are found among the newest texts at once. Older ones are looked
for block by block until there is enough; a block without the word costs a look into the index.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from chat.models.search_index.postgresql import BLOCK_BITS

from .query import Term
from .wanted import TEXTS, Value, Wanted, conditions

# So many of a person's newest texts are looked through without the index.
NEWEST = 600
# So many blocks at once, the last of these again and again. Few first, because all that is found
# in them is fetched and sorted. All words that begin alike are gathered anew in each step.
STEPS = (1, 1, 2)
STEPS_OF_BEGINNINGS = (1, 4, 8)
# Of up to so many conversations, the database is left to choose how it reads them.
FEW = 100

# Weights in the index.
WEIGHTS = {"words": "D", "comments": "C"}


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions on the entry `e`, and the values in them."""

    said: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)

    def add(self, said: str, *values: Value) -> None:
        self.said.append(said)
        self.values.extend(values)

    def __str__(self) -> str:
        return " AND ".join(self.said) or "TRUE"


def find(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    """Numbers in the index, newest first: messages are positive, titles negative."""
    found: list[int] = []
    if wanted.place.owner is not None:
        found += _own(wanted, wanted.place.owner, below, limit)
    if wanted.place.conversations:
        found += _others(wanted, below, limit)
    return sorted(set(found), reverse=not wanted.of_titles)[:limit]


def _own(wanted: Wanted, owner: int, below: int | None, limit: int) -> list[int]:
    if wanted.of_titles:
        return _select(wanted, "e.owner_id = %s", owner, below, limit)
    found: list[int] = []
    # What was written before a day is not among the newest.
    if wanted.until is None:
        floor = _floor(owner, below)
        found = _newest(wanted, owner, below, limit)
        if len(found) == limit or not floor:
            return found
        below = floor + 1
    where = _where(wanted, below)
    where.add("e.words @@ %s::tsquery", f"'#o{owner}'")
    newest = _newest_id() if below is None else below - 1
    return found + _in_blocks(_steps(wanted, 0, newest), where, limit - len(found))


def _others(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    ids = list(wanted.place.conversations)
    if wanted.of_titles or len(ids) <= FEW:
        return _select(wanted, "e.conversation_id = ANY(%s)", ids, below, limit)
    where = _where(wanted, below)
    owners = _rows("SELECT DISTINCT owner_id FROM chat_conversation WHERE id = ANY(%s)", [ids])
    where.add("e.words @@ %s::tsquery", " | ".join(f"'#o{owner}'" for owner in owners))
    # As text, so that no index but that of words is used.
    where.add("e.conversation_id::text = ANY(%s)", [str(it) for it in ids])
    oldest, newest = _span(ids)
    newest = newest if below is None else min(newest, below - 1)
    return _in_blocks(_steps(wanted, oldest, newest), where, limit)


def _select(wanted: Wanted, place: str, value: Value, below: int | None, limit: int) -> list[int]:
    """What there is little of: the database chooses how it reads it."""
    where = _where(wanted, below)
    where.add(place, value)
    sign, order = ("<", "ASC") if wanted.of_titles else (">", "DESC")
    # A sum cannot be read from the index of numbers, which would be tried backwards.
    sql = (
        f"SELECT e.id FROM chat_searchentry e WHERE {where} AND e.id {sign} 0"
        f" ORDER BY e.id + 0 {order} LIMIT {limit:d}"
    )
    return _rows(sql, where.values)


def _span(conversations: list[UUID]) -> tuple[int, int]:
    """The first and the last message of all these; both 0 if there is none."""
    one = "SELECT e.id FROM chat_searchentry e WHERE e.conversation_id = it.id AND e.id > 0"
    sql = (
        f"SELECT min(({one} ORDER BY e.id LIMIT 1)), max(({one} ORDER BY e.id DESC LIMIT 1))"
        " FROM unnest(%s::uuid[]) AS it(id)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [conversations])
        oldest, newest = cursor.fetchone()
    return oldest or 0, newest or 0


def _floor(owner: int, below: int | None) -> int:
    """The oldest of the person's newest texts; 0 when there are no others."""
    less = "AND id < %s" if below is not None else ""
    sql = (
        f"SELECT id FROM chat_searchentry WHERE owner_id = %s AND id > 0 {less}"
        f" ORDER BY id DESC OFFSET {NEWEST} LIMIT 1"
    )
    rows = _rows(sql, [owner, below] if below is not None else [owner])
    return rows[0] if rows else 0


def _newest(wanted: Wanted, owner: int, below: int | None, limit: int) -> list[int]:
    less = "AND id < %s" if below is not None else ""
    values: list[Value] = [owner] if below is None else [owner, below]
    # The limit keeps the planner from using the index of words after all.
    source = (
        "(SELECT * FROM chat_searchentry"
        f" WHERE owner_id = %s AND id > 0 {less} ORDER BY id DESC LIMIT {NEWEST})"
    )
    where = _where(wanted, None)
    sql = f"SELECT e.id FROM {source} e WHERE {where} LIMIT {limit:d}"
    return _rows(sql, [*values, *where.values])


def _in_blocks(steps: Iterator[str], where: Where, limit: int) -> list[int]:
    """A step is made only when those before it have not given enough."""
    sql = (
        "SELECT found.id FROM unnest(%s::text[]) AS step(blocks) CROSS JOIN LATERAL"
        " (SELECT e.id FROM chat_searchentry e WHERE e.words @@ step.blocks::tsquery"
        f" AND {where} ORDER BY e.id + 0 DESC LIMIT {limit:d}) found LIMIT {limit:d}"
    )
    return _rows(sql, [list(steps), *where.values])


def _newest_id() -> int:
    rows = _rows("SELECT id FROM chat_searchentry ORDER BY id DESC LIMIT 1", [])
    return rows[0] if rows else 0


def _steps(wanted: Wanted, oldest: int, newest: int) -> Iterator[str]:
    """Blocks to look into at once, from the one that `newest` is in backwards."""
    begun = any(term.prefix for term in wanted.terms)
    sizes = list(STEPS_OF_BEGINNINGS if begun else STEPS)
    last, end = newest >> BLOCK_BITS, oldest >> BLOCK_BITS
    while last >= end:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        first = max(last - size + 1, end)
        yield " | ".join(f"'#b{number}'" for number in range(first, last + 1))
        last = first - 1


def _where(wanted: Wanted, below: int | None) -> Where:
    """All but the place. Each word stands by itself: so the index jumps from one to the other."""
    where = Where()
    for term in wanted.terms:
        texts = TEXTS if wanted.of_titles else wanted.texts
        where.add(f"e.words @@ ({_term(term, texts)})", term.text)
    for group in wanted.marks:
        where.add("e.words @@ %s::tsquery", " | ".join(f"'#{mark}'" for mark in group))
    if below is not None:
        where.add(f"e.id + 0 {'>' if wanted.of_titles else '<'} %s", below)
    if wanted.place.without:
        where.add("e.conversation_id <> ALL(%s)", list(wanted.place.without))
    said, values = conditions(wanted, "e.written_at")
    if said:
        where.add(said, *values)
    return where


def _term(term: Term, texts: tuple[str, ...]) -> str:
    """Nothing that was typed is read as an operator: the words come out of it quoted."""
    phrase = "NULLIF(phraseto_tsquery('simple', chat_search_plain(%s))::text, '')"
    weights = "" if texts == TEXTS else "".join(WEIGHTS[text] for text in texts)
    if weights:
        # Behind the quotation mark that ends each word.
        phrase = f"rtrim(replace({phrase} || ' ', ''' ', ''':{weights} '))"
    sign = "" if weights else ":"
    return f"({phrase} || '{sign}*')::tsquery" if term.prefix else f"({phrase})::tsquery"


def _rows(sql: str, parameters: list[Value]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [number for (number,) in cursor.fetchall()]
