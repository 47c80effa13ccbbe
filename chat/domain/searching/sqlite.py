"""The search on SQLite: one expression of FTS5, read backwards until there is enough."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from .query import Term
from .wanted import Place, Value, Wanted, conditions


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
    parts = [f"marks : ({' OR '.join(_places(wanted.place))})"]
    parts += [f"{texts} : {_term(term)}" for term in wanted.terms]
    parts += [f"marks : ({' OR '.join(group)})" for group in wanted.marks]
    return " AND ".join(parts)


def _looked_up(wanted: Wanted) -> tuple[str, list[str], list[Value]]:
    """Joins and conditions on what is asked of the tables, row by row; CROSS keeps the order."""
    joined = ""
    said, values = conditions(wanted, "m.created_at")
    where = [said] if said else []
    if said:
        joined += " CROSS JOIN chat_message m ON m.id = s.rowid"
        values = [_as_stored(value) for value in values]
    if wanted.place.without:
        joined += " CROSS JOIN chat_searchentry e ON e.id = s.rowid"
        where.append("e.conversation_id NOT IN (SELECT value FROM json_each(%s))")
        values.append(json.dumps([it.hex for it in wanted.place.without]))
    return joined, where, values


def _as_stored(value: Value) -> Value:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _term(term: Term) -> str:
    return f'"{term.apart}"' + (" *" if term.prefix else "")


def _places(place: Place) -> Iterable[str]:
    own = [f"o{place.owner}"] if place.owner is not None else []
    return own + [f"c{it.hex}" for it in place.conversations]
