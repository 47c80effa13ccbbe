"""`python -m tests.seed_ledger --rows 1000000`: fills an empty ledger as an organisation would.

People work on most weekdays of two years, with one model or two, several calls a day. The rows
carry the MACs and links that Chatsite itself would make, and the sums are made from them.
"""

import argparse
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import django

DAYS = 730
BATCH = 5000
TEAMS = ("Sales", "Law", "Law, Sales", "IT", "Administration", "")
MODELS = (
    ("House models", "house-1", "CHF", Decimal("1.5"), Decimal(6)),
    ("House models", "house-2", "CHF", Decimal("0.5"), Decimal(2)),
    ("Swiss hosting", "alpine-large", "CHF", Decimal(3), Decimal(9)),
    ("Overseas", "ocean-mini", "", None, None),
)
OUTCOMES = ("completed",) * 44 + ("stopped",) * 3 + ("failed", "failed", "interrupted")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--people", type=int, default=500)
    asked = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    seed(asked.rows, asked.people)


def seed(rows: int, people: int) -> None:
    from chat.domain import chain, usage_days
    from chat.models.chain_link import Chain

    timed("ledger", lambda: _insert(rows, people))
    timed("chain", lambda: sum(iter(lambda: chain.extend(Chain.USAGE, 50_000), 0)))
    timed("sums", usage_days.rebuild)


def timed(name: str, work: Any) -> None:
    begun, cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    print(f"{name}: {result} rows, {wall:.1f} s, {cpu:.1f} s CPU", flush=True)


def _insert(rows: int, people: int) -> int:
    from django.db import connection, transaction

    from chat.domain import chain
    from chat.models.chain_link import Chain

    fields = [*chain.covered(Chain.USAGE)]
    columns = ", ".join([*(field.column for field in fields), "mac"])
    marks = ", ".join(["%s"] * (len(fields) + 1))
    statement = f"INSERT INTO chat_usagerecord ({columns}) VALUES ({marks})"
    batch: list[Any] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for row in calls(rows, people):
            mac = chain.mac(Chain.USAGE, row)
            values = [
                field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields
            ]
            batch.append((*values, mac))
            if len(batch) == BATCH:
                cursor.executemany(statement, batch)
                batch.clear()
        cursor.executemany(statement, batch)
    return rows


def calls(rows: int, people: int) -> Iterator[Any]:
    """Oldest first; `people` have the ids 1 to `people`."""
    rng = random.Random(1)  # The same rows every time.
    begin = datetime.now(UTC) - timedelta(days=DAYS)
    working = [day for day in range(DAYS) if (begin + timedelta(days=day)).weekday() < 5]
    persons = [(one, rng.choice(TEAMS), rng.sample(MODELS, 2)) for one in range(1, people + 1)]
    made = 0
    for number, day in enumerate(working):
        today = round(rows * (number + 1) / len(working)) - made
        present = [one for one in persons if rng.random() < 0.8] or persons
        moments = sorted(rng.random() * 36_000 + 25_200 for _call in range(today))
        midnight = (begin + timedelta(days=day)).replace(hour=0, minute=0, second=0, microsecond=0)
        for second in moments:
            yield _call(rng, rng.choice(present), midnight + timedelta(seconds=second))
        made += today


def _call(rng: random.Random, person: tuple[Any, ...], at: datetime) -> Any:
    from chat.models import UsageRecord

    user, teams, models = person
    provider, name, currency, prompt_price, price = models[rng.random() < 0.2]
    source = rng.choices(("reported", "estimated", "unknown"), (92, 6, 2))[0]
    known = source != "unknown"
    prompt, completion = rng.randint(20, 4000), rng.randint(10, 1500)
    cost = (prompt * prompt_price + completion * price) / 1_000_000 if price and known else None
    return UsageRecord(
        completion_id=UUID(int=rng.getrandbits(128)),
        conversation_id=str(UUID(int=rng.getrandbits(128))),
        user_id=user,
        user_email=f"person{user}@example.org",
        user_name=f"Person {user}",
        teams=teams,
        provider_name=provider,
        model_name=name,
        purpose="title" if rng.random() < 0.08 else "answer",
        outcome=rng.choice(OUTCOMES),
        source=source,
        prompt_tokens=prompt if known else None,
        completion_tokens=completion if known else None,
        total_tokens=prompt + completion if known else None,
        anonymized=provider == "Swiss hosting",
        moderated=rng.random() < 0.1,
        currency=currency,
        prompt_price=prompt_price,
        completion_price=price,
        cost=cost,
        created_at=at,
    )


if __name__ == "__main__":
    main()
