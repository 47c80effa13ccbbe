"""How much a file may cost, and how a process binds itself to it."""

import resource
from dataclasses import dataclass

# What has more parts than this is no text that somebody wrote.
MOST_UNPACKED_BYTES = 100_000_000
MOST_DEPTH = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """`characters`: the rest is cut. `seconds` count on the clock, `cpu_seconds` of work."""

    characters: int = 200_000
    pages: int = 300
    seconds: float = 30.0
    cpu_seconds: int = 20
    memory_bytes: int = 512 * 1024 * 1024


def bind(limits: Limits) -> None:
    """This process can allocate, compute and open no more than that, nor start another one."""
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)


def _limit(what: int, most: int) -> None:
    """Never more than the process already has."""
    _soft, hard = resource.getrlimit(what)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (wanted, wanted))
