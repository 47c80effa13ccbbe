"""The order of the files, and how many workers share them: what takes long begins first."""

import os
from collections import Counter
from pathlib import Path

import pytest

# Roughly the seconds that a test takes, by its marks.
SECONDS = {"browser": 5.0, "processes": 4.0, "postgres": 2.0, "django_db": 0.2}
OTHERWISE = 0.02


def seconds(item: pytest.Item) -> float:
    return max((SECONDS.get(mark.name, OTHERWISE) for mark in item.iter_markers()), default=0.0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A worker takes whole files; a long one that came last would keep the others waiting."""
    files: Counter[Path] = Counter()
    for item in items:
        files[item.path] += seconds(item)  # type: ignore[assignment]
    items.sort(key=lambda item: -files[item.path])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One more than there are processors: most of the long tests wait for something."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return len(os.sched_getaffinity(0)) + 1
