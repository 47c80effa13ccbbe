"""Every page in both colours, narrow and wide: readable for machines, nothing cut off."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .conftest import Site
from .test_main_flow import ask, sign_in

pytestmark = pytest.mark.browser

# Another colour changes nothing else that axe looks at.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
LOOKS: dict[str, dict[str, object]] = {"light": {}, "dark": {"runOnly": COLOURS}}
# Colours fade into each other when the scheme changes. A transition of what is drawn no more may
# never end.
STILL = """() => Promise.race([
  new Promise((done) => setTimeout(done, 2000)),
  Promise.all(document.getAnimations()
    .filter((one) => one instanceof CSSTransition)
    .map((one) => one.finished.catch(() => 0))),
])"""
GRAVE = {"serious", "critical"}
SIZES = {"wide": (1280, 800), "phone": (360, 720), "narrowest": (320, 640)}
OPEN_PAGES = ["/accounts/login/", "/accounts/password/reset/", "/nowhere/"]
PAGES = ["/usage/", "/preferences/", "/accounts/password/change/"]


def found(page: Page, options: dict[str, object]) -> list[tuple[str, str]]:
    page.evaluate(STILL)
    answer = Axe().run(page, options={"resultTypes": ["violations"], **options})
    violations = answer.response["violations"]
    return [(it["id"], it["nodes"][0]["html"]) for it in violations if it["impact"] in GRAVE]


def check(page: Page) -> None:
    for scheme, options in LOOKS.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        grave = found(page, options)
        for _again in range(3):
            # What is being written may be caught while colours still fade.
            grave = grave and found(page, options)
        assert grave == [], scheme
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(scope="module", params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser, fresh_site: Site) -> Iterator[Page]:
    width, height = SIZES[request.param]
    # axe is put into the page from outside, which the policy rightly forbids to others.
    context = browser.new_context(
        base_url=fresh_site.origin,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        bypass_csp=True,
        locale="en-GB",
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


# The first of two tests of a page: nobody is signed in yet.
def test_all_pages(page: Page) -> None:
    for address in OPEN_PAGES:
        page.goto(address)
        check(page)
    sign_in(page)
    check(page)
    page.get_by_role("button", name="Options", exact=True).click()
    expect(page.get_by_role("textbox", name="Instructions")).to_be_focused()
    check(page)
    for address in PAGES:
        page.goto(address)
        check(page)


def test_a_conversation_with_everything_in_it(page: Page) -> None:
    sign_in(page)
    if page.viewport_size and page.viewport_size["width"] < 800:
        page.get_by_role("button", name="Show conversations").click()
        expect(page.get_by_role("button", name="Hide conversations")).to_be_focused()
        check(page)
    ask(page, "OpenAI-compatible", "Show me a table, some code and a formula.")
    # Right after Send it is paused, and pale.
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()
    check(page)
    reply = page.get_by_role("log").get_by_role("article").last
    expect(reply).to_have_attribute("data-state", "completed", timeout=40_000)
    check(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page)
