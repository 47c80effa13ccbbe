"""The one way from async code to the database: named sync functions on a small pool of threads.

Channels' own way shares one thread between all sockets, so that one slow query freezes everybody;
and a long-lived task that never closes its connections does not recover from a database restart.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection
from django.utils.translation import get_language, override

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4

_readers = ThreadPoolExecutor(READERS, "db-read")
# SQLite has one writer at a time: queueing in one thread costs less than waiting for its lock.
_writer = ThreadPoolExecutor(1, "db-write")
_renderer = ThreadPoolExecutor(1, "render")


def _tidied(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()


async def read(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a function that reads."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_readers, lambda: _tidied(function, *args, **kwargs))


async def write(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a function that writes: on SQLite in the one writer thread, else in the pool."""
    pool = _writer if connection.vendor == "sqlite" else _readers
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, lambda: _tidied(function, *args, **kwargs))


def in_threads(made: Iterator[T]) -> AsyncIterator[T]:
    """What an iterator gives that reads while it goes on, up to its end or a None.

    In the language of this moment: when the last piece is asked for, the request is long over.
    """
    return _each(made, get_language())


async def _each(made: Iterator[T], language: str | None) -> AsyncIterator[T]:
    while (item := await read(_next, made, language)) is not None:
        yield item


def _next(made: Iterator[T], language: str | None) -> T | None:
    with override(language):
        return next(made, None)


async def render(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a function that turns text into HTML, away from the event loop."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_renderer, lambda: function(*args, **kwargs))
