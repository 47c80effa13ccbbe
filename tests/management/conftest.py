"""A ring of keys of the test's own, and the command that looks after it."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from chat.models.sealing import key_ring


@pytest.fixture
def own_ring(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """The file that it is in, once somebody needs it."""
    settings.ENCRYPTION_KEYS = ""
    settings.ENCRYPTION_KEYS_FILE = tmp_path / "encryption_keys"
    key_ring.cache_clear()
    yield settings.ENCRYPTION_KEYS_FILE
    key_ring.cache_clear()


def keys_command(*words: str) -> str:
    """What it says."""
    out = StringIO()
    call_command("keys", *words, stdout=out)
    return out.getvalue()
