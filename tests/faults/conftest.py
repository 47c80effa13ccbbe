"""Sites to run servers on, and the marks of tests that do."""

import asyncio
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


@pytest.fixture(scope="session")
def served(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with a server that nobody kills."""
    site = Site(tmp_path_factory.mktemp("served") / "site", template)
    server = asyncio.run(site.start(MAX_RUNNING_PER_USER=100, MAX_SENDS_PER_MINUTE=1000))
    yield site
    server.remove()
    assert "Traceback" not in site.log
