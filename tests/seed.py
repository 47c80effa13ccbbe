"""Fills a database with conversations for figures: `python -m tests.seed --messages 1000000`.

Rows go past the ORM and, when they are many, past the triggers of the search index, which is filled
at the end. The database is that of DATABASE_URL and CHATSITE_DATA_DIR, and must be migrated.
"""

import argparse
import random
import re
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Any

import django
from django.db import connection, models, transaction
from django.utils import timezone

DAYS = 730
# From here on the whole index is filled anew, which is quicker than row by row.
MANY = 20_000
PASSWORD = "seeded-for-figures"
# Values that every database takes as they are.
AS_IT_IS = (str, int, type(None))
SYLLABLES = re.findall("..", "badefigokulameniporasetivowuxabedogihajukelimonapi")


@dataclass(frozen=True)
class Amounts:
    """`messages` and `conversations` in all, spread evenly over `people`."""

    messages: int
    conversations: int
    people: int = 1
    email: str = "seed@example.org"


class Prose:
    """Sentences of 8,000 made-up words, a few of which stand nearly everywhere, as in any text.

    `often`, `sometimes` and `seldom` are words for figures.
    """

    def __init__(self) -> None:
        self.dice = random.Random(1)
        words = dict.fromkeys(
            "".join(self.dice.choices(SYLLABLES, k=self.dice.randint(1, 4))) for _ in range(20_000)
        )
        self.words = list(words)[:8000]
        weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))
        self.often, self.sometimes, self.seldom = (self.words[n] for n in (2, 300, 7990))
        self.sentences = [
            " ".join(self.dice.choices(self.words, cum_weights=weights, k=11)).capitalize() + "."
            for _ in range(40_000)
        ]

    def question(self) -> str:
        return self.dice.choice(self.sentences)[:-1] + "?"

    def answer(self) -> str:
        return " ".join(self.dice.choices(self.sentences, k=self.dice.randint(2, 12)))


class Table:
    """Rows of a model as the columns of its table; what is not given is the field's default."""

    def __init__(self, model: type[models.Model]) -> None:
        self.fields = list(model._meta.concrete_fields)
        self.name = model._meta.db_table
        self.base = [self._prepared(field, _default(field)) for field in self.fields]
        self.place = {field.attname: at for at, field in enumerate(self.fields)}
        self.last: dict[int, tuple[Any, Any]] = {}

    def _prepared(self, field: Any, value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    def row(self, **values: Any) -> list[Any]:
        row = self.base.copy()
        for name, value in values.items():
            at = self.place[name]
            row[at] = value if value.__class__ in AS_IT_IS else self._remembered(at, value)
        return row

    def _remembered(self, at: int, value: Any) -> Any:
        """The rows of a conversation follow each other, and have its id and moment."""
        before, prepared = self.last.get(at, (None, None))
        if before is not value:
            prepared = self._prepared(self.fields[at], value)
            self.last[at] = (value, prepared)
        return prepared

    def insert(self, rows: Iterable[list[Any]]) -> None:
        columns = ", ".join(f'"{field.column}"' for field in self.fields)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                marks = ", ".join(["%s"] * len(self.fields))
                cursor.executemany(f"INSERT INTO {self.name} ({columns}) VALUES ({marks})", rows)
                return
            with cursor.copy(f"COPY {self.name} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


@dataclass
class Seed:
    amounts: Amounts
    prose: Prose

    def run(self) -> None:
        from chat.models import Completion, Conversation, Message

        self.tables = {model: Table(model) for model in (Conversation, Completion, Message)}
        self.model = _language_model()
        self.owners = _people(self.amounts)
        self.first = (Message.with_deleted.aggregate(most=models.Max("id"))["most"] or 0) + 1
        quiet = Quiet() if self.amounts.messages >= MANY else nullcontext()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                # Ids without an order go into all parts of large indexes.
                cursor.execute("PRAGMA cache_size = -400000")
        with transaction.atomic(), quiet:
            for begin in range(0, self.amounts.conversations, 500):
                end = min(begin + 500, self.amounts.conversations)
                self._insert([self._thread(number) for number in range(begin, end)])
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                table = Message._meta.db_table
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )
                cursor.execute("ANALYZE")

    def _insert(self, threads: list[list[tuple[type[models.Model], list[Any]]]]) -> None:
        for model, table in self.tables.items():
            table.insert(row for thread in threads for of, row in thread if of is model)

    def _thread(self, number: int) -> list[tuple[type[models.Model], list[Any]]]:
        from chat.models import Completion, Conversation, Message

        each, more = divmod(self.amounts.messages, self.amounts.conversations)
        count = each + (number < more)
        first = self.first + number * each + min(number, more)
        owner = self.owners[number % len(self.owners)]
        share = number / self.amounts.conversations
        begun = timezone.now() - timedelta(days=DAYS * (1 - share), minutes=1)
        conversation = uuid.uuid4()
        title = self.prose.question()[:60]
        rows: list[tuple[type[models.Model], dict[str, Any]]] = [
            (Conversation, {"id": conversation, "owner_id": owner, "title": title, "leaf_id":
             first + count - 1 if count else None, "language_model_id": self.model.id,
             "created_at": begun, "updated_at": begun, "answered_at": begun})
        ]  # fmt: skip
        for at in range(count):
            message = {"id": first + at, "conversation_id": conversation, "created_at": begun,
                       "parent_id": first + at - 1 if at else None}  # fmt: skip
            if at % 2 == 0:
                message |= {"role": "user", "author_id": owner, "content": self.prose.question()}
            else:
                call = self._call(conversation, owner, begun)
                rows.append((Completion, call))
                message |= {"role": "assistant", "completion_id": call["id"],
                            "content": self.prose.answer(), "finish_reason": "stop"}  # fmt: skip
            rows.append((Message, message))
        return [(model, self.tables[model].row(**values)) for model, values in rows]

    def _call(self, conversation: uuid.UUID, owner: int, begun: Any) -> dict[str, Any]:
        return {
            "id": uuid.uuid4(), "conversation_id": conversation, "user_id": owner,
            "provider_id": self.model.provider_id, "language_model_id": self.model.id,
            "model_name": self.model.model_name, "state": "completed", "created_at": begun,
            "started_at": begun, "finished_at": begun + timedelta(seconds=3),
        }  # fmt: skip


class Quiet:
    """Without the triggers of the search index."""

    def __enter__(self) -> None:
        from chat.models.search_index import sqlite

        self._run(
            sqlite.WITHOUT_TRIGGERS
            if connection.vendor == "sqlite"
            else [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in self._tables()]
        )

    def __exit__(self, *_error: object) -> None:
        from chat.models import search_index

        search_index.fill_anew(connection)
        self._run(
            search_index.sqlite.WITH_TRIGGERS
            if connection.vendor == "sqlite"
            else [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in self._tables()]
        )

    def _tables(self) -> Iterator[str]:
        yield from ("chat_message", "chat_conversation")

    def _run(self, statements: list[str]) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Foreign keys that are still to be checked stand in the way.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for statement in statements:
                cursor.execute(statement)


def _default(field: Any) -> Any:
    set_when_saved = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return timezone.now() if set_when_saved else field.get_default()


def _language_model() -> Any:
    from chat.models import LanguageModel, Provider

    name = "Seeded models"
    provider = Provider.objects.filter(name=name).first() or Provider.objects.create(
        name=name, kind="openai_compatible", base_url="http://127.0.0.1:9/v1"
    )
    return LanguageModel.objects.get_or_create(provider=provider, model_name="seed-1")[0]


def _people(amounts: Amounts) -> list[int]:
    from chat.models import User

    found = []
    for number in range(amounts.people):
        email = amounts.email if number == 0 else f"{number}.{amounts.email}"
        user = User.objects.filter(email=email).first()
        found.append((user or User.objects.create_user(email, PASSWORD, name=f"Seed {number}")).id)
    return found


def seed(amounts: Amounts) -> Prose:
    """Adds so many rows to the connected database; gives what the texts are made of."""
    prose = Prose()
    Seed(amounts, prose).run()
    return prose


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.seed", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=1, help="who share them evenly")
    parser.add_argument("--email", default=Amounts.email, help="of the first of them")
    asked = parser.parse_args()
    django.setup()
    begun = time.monotonic()
    prose = seed(Amounts(**vars(asked)))
    seconds = time.monotonic() - begun
    print(f"{asked.messages} messages in {seconds:.0f} s; password {PASSWORD}")
    print(f"words: often {prose.often}, sometimes {prose.sometimes}, seldom {prose.seldom}")


if __name__ == "__main__":
    main()
