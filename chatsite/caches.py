"""The cache that all processes share, and what stands in for it while Redis does not answer."""

import logging
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# Seconds for which Redis is left alone after it did not answer, and between two warnings.
AWAY, QUIET = 5.0, 60.0
# Whoever signs in waits for it: a limit is not worth more.
QUICK = {"socket_connect_timeout": 1, "socket_timeout": 1}


class _Outage:
    """Django makes a cache for each thread: this is for all of them."""

    until = 0.0
    told = -QUIET


class RedisOrMemory(RedisCache):
    """Only limits are counted in it: without Redis, each process counts its own.

    Nobody is kept from signing in by that, and nobody may try passwords without a limit.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**QUICK, **params.get("OPTIONS", {})}})
        self._memory = LocMemCache("without-redis", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        return bool(self._first("add", key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._first("get", key, default, version)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        self._first("set", key, value, timeout, version)

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(self._first("delete", key, version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Raises ValueError where there is nothing to add to, as when Redis has just gone."""
        return int(self._first("incr", key, delta, version))

    def _first(self, what: str, *args: Any) -> Any:
        if time.monotonic() >= _Outage.until:
            try:
                return getattr(super(), what)(*args)
            except RedisError as error:
                _note(error)
        return getattr(self._memory, what)(*args)


def _note(error: RedisError) -> None:
    now = time.monotonic()
    _Outage.until = now + AWAY
    if now - _Outage.told >= QUIET:
        _Outage.told = now
        logger.warning("Redis does not answer; each process counts limits alone: %s", error)
