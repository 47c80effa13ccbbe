"""What is wrong with a set-up is told before the server starts, a sentence for each thing."""

from pathlib import Path
from typing import Any

import pytest

from chat.domain import doctor


@pytest.fixture(autouse=True)
def sound(settings: Any, db: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.DEBUG, settings.LEDGER_ANCHOR_FILE = tmp_path, False, ""
    # The lock of a single process is tested with processes.
    settings.SQLITE = False


def test_nothing_is_said_of_a_sound_setup(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_ANCHOR_FILE = str(tmp_path / "anchors")
    assert doctor.complaints() == []


def test_error_pages_with_details_do_not_belong_on_the_internet(settings: Any) -> None:
    settings.DEBUG = settings.HTTPS = True
    assert doctor.complaints() == ["DEBUG is on at a public address. Set DEBUG=0."]


def test_an_anchor_file_that_cannot_be_written_is_named(settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "missing" / "anchors"
    settings.LEDGER_ANCHOR_FILE = str(path)
    assert doctor.complaints() == [
        f"LEDGER_ANCHOR_FILE {path} cannot be written: No such file or directory."
    ]


def test_a_full_disk_is_told_before_the_database_meets_it(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 2**70)
    assert doctor.complaints() == [f"Less than 200 MB are free at {tmp_path}. Make room first."]
