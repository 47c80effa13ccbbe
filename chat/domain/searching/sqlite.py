"""The search on SQLite: one expression of FTS5, read backwards until there is enough."""

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from .query import Term
from .wanted import Place, Value, Wanted, conditions

_IN = "e.conversation_id IN (SELECT value FROM json_each(%s))"


def find(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    """Numbers in the index, newest first: messages are positive, titles negative."""
    sign, beyond, order = ("<", ">", "ASC") if wanted.of_titles else (">", "<", "DESC")
    where = ["s.chat_search MATCH %s", f"s.rowid {sign} 0"]
    parameters: list[Value] = [expression(wanted)]
    if below is not None:
        where.append(f"s.rowid {beyond} %s")
        parameters.append(below)
    joined, more, values = _looked_up(wanted)
    sql = (
        f"SELECT s.rowid FROM chat_search s{joined} WHERE {' AND '.join([*where, *more])}"
        f" ORDER BY s.rowid {order} LIMIT {limit:d}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, *values])
        return [number for (number,) in cursor.fetchall()]


def expression(wanted: Wanted) -> str:
    """Everything that was typed stands in quotation marks, in which nothing has a meaning."""
    texts = "words" if wanted.of_titles else f"{{{' '.join(wanted.texts)}}}"
    parts = [] if wanted.of_titles else [f"marks : ({' OR '.join(_places(wanted.place))})"]
    parts += [f"{texts} : {_term(term)}" for term in wanted.terms]
    parts += [f"marks : ({' OR '.join(group)})" for group in wanted.marks]
    return " AND ".join(parts)


def _looked_up(wanted: Wanted) -> tuple[str, list[str], list[Value]]:
    """Joins and conditions on what is asked of the tables, row by row; CROSS keeps the order."""
    place, joined = wanted.place, ""
    said, values = conditions(wanted, "m.created_at")
    where = [said] if said else []
    if said:
        joined += " CROSS JOIN chat_message m ON m.id = s.rowid"
        values = [_as_stored(value) for value in values]
    if wanted.of_titles or place.without:
        joined += " CROSS JOIN chat_searchentry e ON e.id = s.rowid"
    if wanted.of_titles:
        # Of titles there are few, and a mark for each of many conversations would take its time.
        where.append(f"(e.marks LIKE %s OR {_IN})")
        values += [f"o{place.owner} %", _listed(place.conversations)]
    if place.without:
        where.append(f"NOT {_IN}")
        values.append(_listed(place.without))
    return joined, where, values


def _listed(conversations: Iterable[UUID]) -> str:
    return json.dumps([it.hex for it in conversations])


def _as_stored(value: Value) -> Value:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _term(term: Term) -> str:
    return f'"{term.apart}"' + (" *" if term.prefix else "")


def _places(place: Place) -> Iterable[str]:
    own = [f"o{place.owner}"] if place.owner is not None else []
    return own + [f"c{it.hex}" for it in place.conversations]
