"""The search on SQLite: one expression of FTS5, read backwards until there is enough."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from .query import Term
from .wanted import Place, Value, Wanted, conditions


def find(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    """Numbers in the index, newest first: messages are positive, titles negative."""
    said, values = conditions(wanted, "m.created_at")
    joined = " CROSS JOIN chat_message m ON m.id = s.rowid" if said else ""
    sign, order = ("<", "ASC") if wanted.of_titles else (">", "DESC")
    where = ["s.chat_search MATCH %s", f"s.rowid {sign} 0"]
    parameters: list[Value] = [expression(wanted)]
    if below is not None:
        where.append(f"s.rowid {'>' if wanted.of_titles else '<'} %s")
        parameters.append(below)
    if said:
        where.append(said)
        parameters += [_as_stored(value) for value in values]
    sql = (
        f"SELECT s.rowid FROM chat_search s{joined} WHERE {' AND '.join(where)}"
        f" ORDER BY s.rowid {order} LIMIT {limit:d}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [number for (number,) in cursor.fetchall()]


def expression(wanted: Wanted) -> str:
    """Everything that was typed stands in quotation marks, in which nothing has a meaning."""
    parts = [f"marks : ({' OR '.join(_places(wanted.place))})"]
    texts = "words" if wanted.of_titles else f"{{{' '.join(wanted.texts)}}}"
    parts += [f"{texts} : {_term(term)}" for term in wanted.terms]
    parts += [f"marks : ({' OR '.join(group)})" for group in wanted.marks]
    all_of = " AND ".join(parts)
    without = _conversations(wanted.place.without)
    return f"({all_of}) NOT marks : ({' OR '.join(without)})" if without else all_of


def _as_stored(value: Value) -> Value:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _term(term: Term) -> str:
    return f'"{term.apart}"' + (" *" if term.prefix else "")


def _places(place: Place) -> list[str]:
    own = [f"o{place.owner}"] if place.owner is not None else []
    return own + _conversations(place.conversations)


def _conversations(ids: Iterable[UUID]) -> list[str]:
    return [f"c{it.hex}" for it in ids]
