"""A browser, and a site as `make run` leaves it after its first start."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.prepared import ROOT, copy_prepared, environment
from tests.processes import can_connect
from tests.servers import free_port

# Without a network of its own, Chromium's services would try to reach it all the time.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
)
# Playwright's own five seconds are too few for a machine that has other things to do.
expect.set_options(timeout=20_000)
EMAIL, PASSWORD = "erin@example.org", "correct-horse-battery"
# By origin, of whoever signed in there last: the form takes seconds and has a limit.
SESSIONS: dict[str, str] = {}
STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Site:
    """A server with its demonstration providers, and the first administrator's password."""

    origin: str
    data: Path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the session: Playwright's event loop would be in the way of other tests' loops."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("The browser tests need Chromium: install Debian's package chromium.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def fresh_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`prepare` and `serve`, as `make run` calls them; tables and static files are there."""
    with serving(tmp_path_factory.mktemp("fresh")) as site:
        yield site


@contextmanager
def serving(data: Path, script: str = "", **settings: object) -> Iterator[Site]:
    """`script` is run in Django's shell before the server starts."""
    copy_prepared(data)
    port, demo_port = free_port(), free_port()
    variables = environment(
        CHATSITE_DATA_DIR=data,
        PORT=port,
        CHATSITE_DEMO=1,
        CHATSITE_DEMO_PORT=demo_port,
        CHATSITE_ADMIN_EMAIL=EMAIL,
        CHATSITE_ADMIN_PASSWORD=PASSWORD,
        **settings,
    )
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "prepare"], cwd=ROOT, env=variables, check=True)
    if script:
        subprocess.run([*manage, "shell", "-v0", "-c", script], cwd=ROOT, env=variables, check=True)
    with (data / "log").open("wb") as log:
        server = subprocess.Popen([*manage, "serve"], cwd=ROOT, env=variables, stderr=log)
    try:
        wait_for(port)
        yield Site(f"http://127.0.0.1:{port}", data)
    finally:
        server.terminate()
        server.wait(15)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not can_connect(port):
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)


def let_in(context: BrowserContext, origin: str) -> None:
    """As a browser that has signed in before; `sign_in` finds out whether that still holds."""
    if origin in SESSIONS:
        context.add_cookies([{"name": "sessionid", "value": SESSIONS[origin], "url": origin}])


class Watched:
    """A page of its own context that notes what a page must never do."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(
                    (origin, origin.replace("http", "ws", 1), "data:", "blob:")
                )
                else self.complaints.append(f"left the origin: {request.url}")
            ),
        )

    def _console(self, message: object) -> None:
        text = str(getattr(message, "text", message))
        if getattr(message, "type", "") == "error" or "Content Security Policy" in text:
            self.complaints.append(text)


@pytest.fixture
def watched(browser: Browser, fresh_site: Site) -> Iterator[Watched]:
    """Fails the test when the page broke the policy, left its origin or threw an error."""
    context = browser.new_context(base_url=fresh_site.origin, locale="en-GB")
    context.set_default_timeout(20_000)
    let_in(context, fresh_site.origin)
    it = Watched(context, fresh_site.origin)
    yield it
    context.close()
    assert it.complaints == []
