"""`python -m tests.bench.usage [pages|files|verify …]`: what auditing costs on a seeded ledger.

The database is that of DATABASE_URL and CHATSITE_DATA_DIR, filled by `python -m tests.seed_ledger`.
CPU is that of this process and of the database's own for it: a busy machine matters less.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django
import psutil

GROUPS = (
    "user", "team", "provider", "model", "purpose", "outcome", "day", "week", "month",
    "team,user,model", "provider,model,user", "model,user", "month,model",
)  # fmt: skip
USAGE, RECORDS = "/admin/usage/", "/admin/chat/usagerecord/"
AGAIN = 3
SLOWEST = 12


@dataclass(slots=True)
class Cost:
    """Seconds; the peak in megabytes above what there was before."""

    wall: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0

    def __str__(self) -> str:
        return f"{self.wall * 1e3:7.0f} ms, {self.cpu * 1e3:7.0f} ms CPU"


class Meter:
    """This process, and the one that works for it in PostgreSQL on the same machine."""

    def __init__(self) -> None:
        from django.db import connection

        self._processes = [psutil.Process()]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Otherwise helpers work beside it, whose CPU nobody sees.
                cursor.execute("SET max_parallel_workers_per_gather = 0")
                cursor.execute("SELECT pg_backend_pid()")
                self._processes.append(psutil.Process(cursor.fetchone()[0]))

    @contextmanager
    def measured(self) -> Iterator[Cost]:
        cost, before, cpu, begun = Cost(), self._memory(), self._cpu(), time.perf_counter()
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(cost, before, done))
        watcher.start()
        yield cost
        cost.wall, cost.cpu = time.perf_counter() - begun, self._cpu() - cpu
        done.set()
        watcher.join()

    def _watch(self, cost: Cost, before: float, done: threading.Event) -> None:
        while not done.wait(0.05):
            cost.peak = max(cost.peak, self._memory() - before)

    def _memory(self) -> float:
        return float(self._processes[0].memory_info().rss) / 1e6

    def _cpu(self) -> float:
        times = [process.cpu_times() for process in self._processes]
        return float(sum(one.user + one.system for one in times))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    parts: dict[str, Callable[[Meter], None]] = {"pages": pages, "files": files, "verify": verify}
    for name in sys.argv[1:] or parts:
        parts[name](Meter())


def pages(meter: Meter) -> None:
    """Each range with each group; the best of three, the slowest first."""
    client = _auditor()
    client.get(USAGE)  # The first of all pays for what is loaded once.
    found = []
    for path in _addresses():
        costs, queries = zip(*(_opened(client, meter, path) for _ in range(AGAIN)), strict=True)
        best = min(costs, key=lambda cost: cost.cpu)
        found.append((best.cpu, max(queries), best, path))
    found.sort(key=lambda one: -one[0])
    for _cpu, queries, best, path in found[:SLOWEST]:
        print(f"{best}, {queries:2} queries  {path}")
    print(f"{len(found)} pages, at most {max(queries for _cpu, queries, *_ in found)} queries")


def _opened(client: Any, meter: Meter, path: str) -> tuple[Cost, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured, meter.measured() as cost:
        assert client.get(path).status_code == 200
    return cost, len(captured)


def _addresses() -> Iterator[str]:
    from django.utils import timezone

    today = timezone.localdate()
    spans = ["today", "this-month", "last-month", "7-days", "30-days", "this-year"]
    begin = today - timedelta(days=730)
    whole = f"first={begin.replace(day=1)}&last={today}"
    ragged = f"first={begin.replace(day=2)}&last={today - timedelta(days=1)}"
    for days in [*(f"period={span}" for span in spans), whole, ragged, "first=2000-01-01"]:
        yield from (f"{USAGE}?{days}&group={group}" for group in GROUPS)
    for one in ("team=Team 07", "provider=Overseas", "model=house-3", "outcome=failed", "q=son1"):
        yield from (f"{USAGE}?{ragged}&{one}&group={group}" for group in ("user", "day", "week"))
    yield from (f"{USAGE}report/", f"{USAGE}invoices/", RECORDS, f"{RECORDS}?q=person17@")
    yield f"{RECORDS}?created_at__gte={begin.isoformat()}T00:00:00Z&team=Team 07&model_name=house-3"


def _auditor() -> Any:
    from django.contrib.auth.models import Permission
    from django.test import Client
    from django.test.utils import setup_test_environment

    from chat.models import User

    setup_test_environment()
    dana, _made = User.objects.get_or_create(email="dana@example.org", defaults={"is_staff": True})
    dana.user_permissions.add(*Permission.objects.filter(codename="view_usage"))
    client = Client()
    client.force_login(dana)
    return client


def files(meter: Meter) -> None:
    """All records, and the finest groups of two years; memory is what this process takes more."""
    client = _auditor()
    for path in (f"{RECORDS}export/csv/", f"{RECORDS}export/xlsx/",
                 f"{USAGE}export/csv/?first=2000-01-01&group=team,user,model"):  # fmt: skip
        with meter.measured() as cost:
            size = lines = 0
            for piece in client.get(path).streaming_content:
                size, lines = size + len(piece), lines + piece.count(b"\n")
        rows = f"{lines} lines, " if "csv" in path else ""
        sizes = f"{rows}{size / 1e6:.0f} MB, {cost.peak:.0f} MB of memory"
        print(f"{cost}, {sizes}  {path}", flush=True)


def verify(meter: Meter) -> None:
    from django.core.management import call_command

    with meter.measured() as cost:
        call_command("verify_ledger")
    print(f"{cost}, {cost.peak:.0f} MB of memory  verify_ledger", flush=True)


if __name__ == "__main__":
    main()
