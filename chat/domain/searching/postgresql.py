"""The search on PostgreSQL: newest texts one by one, then older ones through the index of words.

A GIN index knows no order: of a word that stands in every second text it would give all before the
newest twenty are known. Such words are found among the newest texts at once. What is not frequent
there is seldom, and then the index is quick.
"""

from django.db import connection

from .query import Term
from .wanted import Value, Wanted, conditions

# So many of a person's newest texts are looked through without the index.
NEWEST = 3000


def find(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    """Numbers in the index, newest first: messages are positive, titles negative."""
    found = _shared(wanted, below, limit) if wanted.place.conversations else []
    if wanted.place.owner is not None:
        found += _own(wanted, below, limit)
    return sorted(set(found), reverse=not wanted.of_titles)[:limit]


def _own(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    if wanted.of_titles:
        return _select(wanted, "e.owner_id = %s", [wanted.place.owner], below, limit)
    floor = _floor(wanted.place.owner, below)
    found = _newest(wanted, below, floor, limit)
    if len(found) < limit and floor:
        found += _older(wanted, floor, limit - len(found))
    return found


def _floor(owner: int | None, below: int | None) -> int:
    """The oldest of the person's newest texts; 0 when there are no others."""
    less = "AND id < %s" if below is not None else ""
    sql = (
        f"SELECT id FROM chat_searchentry WHERE owner_id = %s AND id > 0 {less}"
        f" ORDER BY id DESC OFFSET {NEWEST} LIMIT 1"
    )
    rows = _rows(sql, [owner, below] if below is not None else [owner])
    return rows[0] if rows else 0


def _newest(wanted: Wanted, below: int | None, floor: int, limit: int) -> list[int]:
    less = "AND id < %s" if below is not None else ""
    values = [wanted.place.owner, floor] + ([below] if below is not None else [])
    # OFFSET 0 keeps the planner from using the index of words after all.
    source = (
        "(SELECT id, conversation_id, words FROM chat_searchentry"
        f" WHERE owner_id = %s AND id > %s {less} ORDER BY id DESC OFFSET 0)"
    )
    rest, more = _rest(wanted)
    return _rows(f"SELECT e.id FROM {source} e {rest} LIMIT {limit:d}", [*values, *more])


def _older(wanted: Wanted, floor: int, limit: int) -> list[int]:
    """The owner stands in the index of words, too, so that few rows are fetched."""
    rest, values = _rest(wanted, ("#o" + str(wanted.place.owner),))
    # A sum cannot be read from the index of numbers, which the planner would try backwards.
    sql = (
        f"SELECT e.id FROM chat_searchentry e {rest} AND e.id > 0 AND e.id <= %s"
        f" ORDER BY e.id + 0 DESC LIMIT {limit:d}"
    )
    return _rows(sql, [*values, floor])


def _shared(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    ids = list(wanted.place.conversations)
    return _select(wanted, "e.conversation_id = ANY(%s)", [ids], below, limit)


def _select(
    wanted: Wanted, where: str, given: list[Value], below: int | None, limit: int
) -> list[int]:
    rest, values = _rest(wanted)
    sign, beyond, order = ("<", ">", "ASC") if wanted.of_titles else (">", "<", "DESC")
    parameters = [*values, *given]
    if below is not None:
        where += f" AND e.id {beyond} %s"
        parameters.append(below)
    sql = (
        f"SELECT e.id FROM chat_searchentry e {rest} AND {where} AND e.id {sign} 0"
        f" ORDER BY e.id + 0 {order} LIMIT {limit:d}"
    )
    return _rows(sql, parameters)


def _rest(wanted: Wanted, *marks: tuple[str, ...]) -> tuple[str, list[Value]]:
    """Join and WHERE for all but the place."""
    text, parameters = _vector_query(wanted, marks)
    said, values = conditions(wanted)
    join = "JOIN chat_message m ON m.id = e.id " if said else ""
    where = [f"e.words @@ ({text})"] if text else ["TRUE"]
    if wanted.place.without:
        where.append("e.conversation_id <> ALL(%s)")
        parameters.append(list(wanted.place.without))
    if said:
        where.append(said)
        parameters.extend(values)
    return f"{join}WHERE {' AND '.join(where)}", parameters


def _vector_query(wanted: Wanted, marks: tuple[tuple[str, ...], ...]) -> tuple[str, list[Value]]:
    parts = [_term(term) for term in wanted.terms]
    values: list[Value] = [term.text for term in wanted.terms]
    groups = [tuple(f"#{mark}" for mark in group) for group in wanted.marks]
    for group in (*groups, *marks):
        parts.append("%s::tsquery")
        values.append(" | ".join(f"'{mark}'" for mark in group))
    return " && ".join(parts), values


def _term(term: Term) -> str:
    """Nothing that was typed is read as an operator: the words come out of it quoted."""
    phrase = "NULLIF(phraseto_tsquery('simple', chat_search_plain(%s))::text, '')"
    return f"({phrase} || ':*')::tsquery" if term.prefix else f"{phrase}::tsquery"


def _rows(sql: str, parameters: list[Value]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [number for (number,) in cursor.fetchall()]
