"""Limits are counted in Redis by all processes, and in memory while Redis does not answer."""

import pytest

from chatsite.caches import RedisOrMemory, _Outage
from tests.servers import free_port


@pytest.fixture(autouse=True)
def nothing_known_of_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Outage, "until", 0.0)
    monkeypatch.setattr(_Outage, "told", -1000.0)


def counted(cache: RedisOrMemory, name: str) -> list[int]:
    cache.add(name, 0, 60)
    return [cache.incr(name), cache.incr(name)]


@pytest.mark.redis
def test_processes_count_together(redis_url: str) -> None:
    one, other = RedisOrMemory(redis_url, {}), RedisOrMemory(redis_url, {})
    assert (counted(one, "together"), counted(other, "together")) == ([1, 2], [3, 4])


def test_without_redis_each_process_counts_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cache = RedisOrMemory(f"redis://:s3cret@127.0.0.1:{free_port()}/0", {})
    assert counted(cache, "alone") == [1, 2]
    cache.set("alone", [5.0], 60)
    assert (cache.get("alone"), cache.delete("alone"), cache.get("alone")) == ([5.0], True, None)
    [told] = caplog.messages
    assert told.startswith("Redis does not answer; each process counts limits alone: ")
    assert "s3cret" not in told
