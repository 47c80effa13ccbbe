"""Sites to run servers on, and the marks of tests that do."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Site, Template


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    directory = Path(tempfile.mkdtemp(prefix="chatsite-faults-"))
    yield Template(directory)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def site(template: Template, tmp_path: Path) -> Site:
    return Site(tmp_path / "site", template)
