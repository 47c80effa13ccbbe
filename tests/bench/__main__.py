"""Measures and prints the table of ratios; `python -m tests.bench [STREAMS …]`."""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psutil

from . import decode
from .client import Seen, ask_bare, ask_chatsite
from .subjects import bare, chatsite, process, wait_for_port

RATE, TOKENS = 50, 400
PROVIDER, BARE, CHATSITE = 18_301, 18_302, 18_303
Ask = Callable[[int], Awaitable[Seen]]


@dataclass(slots=True)
class Figures:
    """Milliseconds, megabytes."""

    first: float
    wait_median: float
    wait_p99: float
    cpu_per_token: float
    memory: float
    failed: int


async def measure(server: psutil.Process, streams: int, ask: Ask) -> Figures:
    await ask(0)  # the first of all pays for what is loaded once
    before, started = server.cpu_times(), time.monotonic()
    asked = [
        asyncio.create_task(_later(ask, number, 2 * number / streams)) for number in range(streams)
    ]
    await asyncio.sleep(TOKENS / RATE / 2 + 2)
    memory = server.memory_info().rss / 1e6
    seen = await asyncio.gather(*asked)
    after = server.cpu_times()
    assert time.monotonic() > started
    waits = sorted(wait for one in seen for wait in one.waits) or [0.0]
    spent = (after.user + after.system) - (before.user + before.system)
    return Figures(
        first=statistics.median(one.first for one in seen) * 1e3,
        wait_median=statistics.median(waits) * 1e3,
        wait_p99=waits[int(len(waits) * 0.99)] * 1e3,
        cpu_per_token=spent / max(len(waits), 1) * 1e3,
        memory=memory,
        failed=sum(bool(one.failed) or one.last != TOKENS - 1 for one in seen),
    )


async def _later(ask: Ask, number: int, delay: float) -> Seen:
    await asyncio.sleep(delay)
    return await ask(number)


def row(name: str, streams: int, it: Figures) -> str:
    return (
        f"| {streams:>7} | {name:<9} | {it.first:>8.1f} | {it.wait_median:>7.1f} |"
        f" {it.wait_p99:>7.1f} | {it.cpu_per_token:>7.3f} | {it.memory:>5.0f} | {it.failed:>6} |"
    )


def compare(streams: int) -> list[str]:
    with process("-m", "tests.bench.provider", str(PROVIDER), str(RATE), str(TOKENS)):
        wait_for_port(PROVIDER)
        with bare(BARE, PROVIDER) as server:
            base = asyncio.run(measure(server, streams, lambda _: ask_bare(BARE, TOKENS)))
        with chatsite(CHATSITE, PROVIDER, streams) as (server, out):
            people = json.loads(out.read_text())
            sessions, model = people["sessions"], people["model"]
            ours = asyncio.run(
                measure(server, streams, lambda n: ask_chatsite(CHATSITE, sessions[n], model))
            )
    return [row("bare", streams, base), row("Chatsite", streams, ours), ratios(ours, base)]


def ratios(ours: Figures, base: Figures) -> str:
    return (
        f"| {'':>7} | {'ratio':<9} | {ours.first / base.first:>8.2f} |"
        f" {ours.wait_median / base.wait_median:>7.2f} | {ours.wait_p99 / base.wait_p99:>7.2f} |"
        f" {ours.cpu_per_token / base.cpu_per_token:>7.2f} | {ours.memory / base.memory:>5.2f} |"
        f" {'':>6} |"
    )


def main() -> None:
    decode.main()
    print(
        f"\n{TOKENS} tokens a stream at {RATE} a second; first token, waits in ms; memory in MB\n"
    )
    print("| streams | server    | first ms | wait 50 | wait 99 | CPU ms  |  MB   | failed |")
    for streams in [int(word) for word in sys.argv[1:]] or [1, 10, 50, 100]:
        for line in compare(streams):
            print(line, flush=True)


if __name__ == "__main__":
    main()
