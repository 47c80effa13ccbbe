"""`python -m tests.seed_ledger --rows 1000000`: fills an empty ledger as an organisation would.

People work on most weekdays of two years, with a model or three, several calls a day. The rows
carry the MACs and links that Chatsite itself would make, and the sums are made from them. The
database is that of DATABASE_URL and CHATSITE_DATA_DIR, and must be migrated.
"""

import argparse
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

import django

DAYS = 730
BATCH = 20_000
MILLION = 1_000_000
TEAMS = [f"Team {number:02}" for number in range(1, 21)]
# Provider, model, currency, prices of prompt and completion; the last provider has none.
MODELS = [
    *(("House models", f"house-{n}", "CHF", Decimal(n) / 2, Decimal(2 * n)) for n in range(1, 6)),
    *(("Swiss hosting", f"alpine-{n}", "EUR", Decimal(n), Decimal(3 * n)) for n in range(1, 5)),
    *(("Overseas", f"ocean-{n}", "", None, None) for n in range(1, 4)),
]
OUTCOMES = ("completed",) * 88 + ("stopped",) * 6 + ("failed",) * 4 + ("blocked", "interrupted")
# Which of their three models people take.
CHOSEN = (0,) * 80 + (1,) * 15 + (2,) * 5
SOURCES = ("reported",) * 92 + ("estimated",) * 6 + ("unknown",) * 2


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    email: str
    name: str
    teams: str
    models: list[Any]


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=MILLION)
    arguments.add_argument("--people", type=int, default=500)
    asked = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    seed(asked.rows, asked.people)


def seed(rows: int, people: int) -> None:
    from chat.domain import chain, usage_days
    from chat.models.chain_link import Chain

    timed("ledger", lambda: _insert(rows, people))
    timed("chain", lambda: sum(iter(lambda: chain.extend(Chain.USAGE, BATCH), 0)))
    timed("sums", usage_days.rebuild)
    _analyse()


def timed(name: str, work: Callable[[], int]) -> None:
    begun, cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    print(f"{name}: {result} rows, {wall:.1f} s, {cpu:.1f} s CPU", flush=True)


def _insert(rows: int, people: int) -> int:
    from django.db import transaction

    from chat.domain import chain
    from chat.models.chain_link import Chain

    columns = [field.column for field in chain.covered(Chain.USAGE)]

    def texts(call: dict[str, Any]) -> list[str | None]:
        """As the MAC is made over them, and as any database takes them; the last is the MAC."""
        written = [chain.plain(call[column]) for column in columns]
        mac = chain.mac_of(Chain.USAGE, chain.BETWEEN.join(written))
        return [*(None if text == chain.NULL else text for text in written), mac]

    found = calls(rows, _people(people))
    while batch := list(islice(found, BATCH)):
        with transaction.atomic():
            _write([*columns, "mac"], [texts(call) for call in batch])
    return rows


def _write(columns: list[str], rows: list[list[str | None]]) -> None:
    from django.db import connection

    named, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"INSERT INTO chat_usagerecord ({named}) VALUES ({marks})", rows)
            return
        with cursor.copy(f"COPY chat_usagerecord ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _people(count: int) -> list[Person]:
    """Each in a team, some in two, some in none; with accounts."""
    from chat.models import User

    rng = random.Random(2)
    emails = {f"person{n}@example.org": f"Person {n}" for n in range(1, count + 1)}
    users = [User(email=email, name=name, password="!") for email, name in emails.items()]
    User.objects.bulk_create(users, ignore_conflicts=True)
    found = User.objects.filter(email__in=emails).order_by("id")
    return [
        Person(
            user.pk,
            user.email,
            user.name,
            ", ".join(sorted(rng.sample(TEAMS, rng.choices((0, 1, 2), (4, 86, 10))[0]))),
            rng.sample(MODELS, 3),
        )
        for user in found
    ]


def calls(rows: int, people: list[Person]) -> Iterator[dict[str, Any]]:
    """Oldest first, up to today; values by column."""
    rng = random.Random(1)  # The same rows every time.
    begin = datetime.now(UTC) - timedelta(days=DAYS)
    working = [day for day in range(DAYS) if (begin + timedelta(days=day)).weekday() < 5]
    made = 0
    for number, day in enumerate(working):
        today = round(rows * (number + 1) / len(working)) - made
        present = [one for one in people if rng.random() < 0.8] or people
        moments = sorted(rng.random() * 36_000 + 25_200 for _call in range(today))
        midnight = (begin + timedelta(days=day)).replace(hour=0, minute=0, second=0, microsecond=0)
        for second in moments:
            yield _call(rng, rng.choice(present), midnight + timedelta(seconds=second))
        made += today


def _call(rng: random.Random, person: Person, at: datetime) -> dict[str, Any]:
    provider, model, currency, prompt_price, price = person.models[rng.choice(CHOSEN)]
    source = rng.choice(SOURCES)
    known = source != "unknown"
    prompt, completion = int(rng.random() * 4000) + 20, int(rng.random() * 1500) + 10
    cached = prompt // 2 if rng.random() < 0.1 else 0
    cost = (prompt * prompt_price + completion * price) / MILLION if currency and known else None
    return {
        "completion_id": UUID(int=rng.getrandbits(128)),
        "conversation_id": str(UUID(int=rng.getrandbits(128))),
        "user_id": person.id,
        "user_email": person.email,
        "user_name": person.name,
        "teams": person.teams,
        "provider_name": provider,
        "model_name": model,
        "purpose": "title" if rng.random() < 0.08 else "answer",
        "outcome": rng.choice(OUTCOMES),
        "source": source,
        "prompt_tokens": prompt if known else None,
        "completion_tokens": completion if known else None,
        "total_tokens": prompt + completion if known else None,
        "cached_tokens": cached if known else None,
        "reasoning_tokens": None,
        "mismatch": False,
        "anonymized": provider == "Swiss hosting",
        "moderated": rng.random() < 0.1,
        "own_key": False,
        "currency": currency,
        "prompt_price": prompt_price,
        "completion_price": price,
        "cached_price": None,
        "cost": cost,
        "corrects": None,
        "note": "",
        "created_at": at,
    }


def _analyse() -> None:
    """What PostgreSQL does by itself within minutes; SQLite's planner works without."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
