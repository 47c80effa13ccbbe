"""A browser, whose pages note what pages must never do."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.patience import PATIENCE
from tests.sites import EMAIL, PASSWORD, Site, serving

__all__ = ["EMAIL", "PASSWORD", "Site", "Watched", "serving"]

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
    # A page that a test hands over itself may reach the server, as any page of the server may.
    "--disable-features=LocalNetworkAccessChecks",
)
# Playwright's own five seconds are too few for a machine that has other things to do.
expect.set_options(timeout=20_000)
# By origin, of whoever signed in there last: the form takes seconds and has a limit.
SESSIONS: dict[str, str] = {}


# What administrators decide for everybody.
SET_UP = {
    "chat_provider": "name, base_url, enabled, anonymize_policy, moderate_policy, failing_since",
    "chat_languagemodel": "label, enabled, default_parameters, anonymize_policy, moderate_policy",
    "chat_tool": "*",
    "chat_preset": "*",
    "chat_budget": "*",
    "chat_organisation": "*",
    "chat_retentionrule": "*",
    "auth_group": "name",
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Not for the session: Playwright's event loop would be in the way of other tests' loops."""
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("The browser tests need Chromium: install Debian's package chromium.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module", autouse=True)
def what_is_set_up_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Who changes it for the modules that come after has to have a site of its own."""
    tests = (item for item in request.session.items if item.path == request.path)
    if not any("shared_site" in item.fixturenames for item in tests):  # type: ignore[attr-defined]
        yield
        return
    site: Site = request.getfixturevalue("shared_site")
    before = set_up(site)
    yield
    assert set_up(site) == before


def set_up(site: Site) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(site.data / "db.sqlite3")) as database:
        return {
            table: database.execute(f"SELECT {columns} FROM {table}").fetchall()
            for table, columns in SET_UP.items()
        }


@pytest.fixture(scope="module")
def used_context(browser: Browser, fresh_site: Site) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=fresh_site.origin, locale="en-GB")
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def context(used_context: BrowserContext, fresh_site: Site) -> Iterator[BrowserContext]:
    """As good as new, and much quicker: nothing is stored or open, and somebody is signed in."""
    sweeping = used_context.new_cdp_session(used_context.new_page())
    sweeping.send(
        "Storage.clearDataForOrigin", {"origin": fresh_site.origin, "storageTypes": "all"}
    )
    for page in used_context.pages:
        page.close()
    if fresh_site.origin in SESSIONS:
        known = {"name": "sessionid", "value": SESSIONS[fresh_site.origin]}
        used_context.add_cookies([{**known, "url": fresh_site.origin}])  # type: ignore[typeddict-item]
    yield used_context
    used_context.set_offline(False)
    used_context.clear_permissions()
    for page in used_context.pages:
        page.close()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Looks again and again at what Playwright's `expect` knows nothing of."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


class Watched:
    """A page that notes what a page must never do."""

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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the page showed when a test failed."""
    report = yield
    given = getattr(item, "funcargs", {})
    pages = [given["watched"].page] if "watched" in given else given.get("two", ())
    if report.failed:
        report.sections += [("Page", f"{page.url}\n{shown_on(page)}") for page in pages]
    return report


def shown_on(page: Page) -> str:
    try:
        return page.locator("body").aria_snapshot(timeout=5_000)
    except Error as error:
        return str(error)


@pytest.fixture
def watched(context: BrowserContext, fresh_site: Site) -> Iterator[Watched]:
    """Fails the test when the page broke the policy, left its origin or threw an error."""
    it = Watched(context, fresh_site.origin)
    yield it
    it.page.close()
    assert it.complaints == []
