"""Without a connection nothing is lost, and it is said plainly."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from .conftest import until
from .test_main_flow import BRIEF, ask, sign_in

pytestmark = pytest.mark.browser

KEPT = "Object.keys(localStorage).filter((name) => name.includes('chatsite'))"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Chromium itself notes lost connections as errors, so these pages are not `watched`."""
    made = context.new_page()
    sign_in(made)
    return made


def send(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("textbox", name="Message").press("Enter")


def turns(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article")


def test_what_is_sent_without_a_connection_waits_and_goes_out_once(
    page: Page, context: BrowserContext
) -> None:
    ask(page, "OpenAI-compatible", BRIEF)
    expect(turns(page).last).to_have_attribute("data-state", "completed", timeout=40_000)
    context.set_offline(True)
    expect(page.locator("#connection")).to_have_text(
        "No connection to the server. Your text is kept."
    )
    send(page, "written in a tunnel")
    expect(turns(page).last).to_contain_text("Waiting to be sent")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("alert").filter(has_text="No connection")).to_be_visible()
    context.set_offline(False)
    expect(turns(page)).to_have_count(4)
    expect(turns(page).last).to_have_attribute("data-state", "completed", timeout=40_000)
    expect(page.locator("#connection")).to_have_text("")
    page.reload()
    expect(turns(page)).to_have_count(4)


def test_what_waits_to_be_sent_outlives_the_page(page: Page, context: BrowserContext) -> None:
    """The page is closed and opened again before the server ever heard of the message."""
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("No connection")
    send(page, "must not be lost")
    expect(turns(page).last).to_contain_text("Waiting to be sent")
    # In this order: a page that is back for a moment sends it.
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/")
    expect(turns(again).first).to_contain_text("must not be lost")
    expect(turns(again)).to_have_count(2)


def test_a_cut_in_the_middle_of_an_answer_leaves_no_gap(
    page: Page, context: BrowserContext
) -> None:
    ask(page, "OpenAI-compatible", "/demo long 4")
    for _ in range(4):
        page.wait_for_timeout(600)
        context.set_offline(True)
        page.wait_for_timeout(300)
        context.set_offline(False)
    expect(turns(page).last).to_have_attribute("data-state", "completed", timeout=60_000)
    shown = "[...document.querySelectorAll('#log .block')].map((block) => block.innerHTML)"
    live = page.evaluate(shown)
    page.reload()
    expect(turns(page)).to_have_count(2)
    assert page.evaluate(shown) == live


def test_signing_out_elsewhere_asks_to_sign_in_and_keeps_the_text(
    page: Page, context: BrowserContext
) -> None:
    page.get_by_role("textbox", name="Message").fill("half a thought")
    other = context.new_page()
    other.goto("/preferences/")
    other.get_by_role("button", name="Sign out").click()
    expect(page.locator("#connection")).to_contain_text("You are signed out. Your text is kept.")
    link = page.get_by_role("link", name="Sign in again")
    link.click()
    page.get_by_label("Email").fill("erin@example.org")
    page.get_by_label("Password").fill("correct-horse-battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("half a thought")


def test_signing_out_here_leaves_no_text_behind(page: Page) -> None:
    page.get_by_role("textbox", name="Message").fill("for my eyes only")
    until(page, lambda: page.evaluate(KEPT) != [])
    page.locator("summary").filter(has_text="erin@example.org").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate(KEPT) == []


def test_the_first_page_is_light(page: Page, context: BrowserContext) -> None:
    """At most 90 kB over the wire in at most 12 requests, the socket among them."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    requests: list[str] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.on(
        "Network.requestWillBeSent",
        lambda event: (
            None
            if event["request"]["url"].startswith("data:")
            else requests.append(event["request"]["url"])
        ),
    )
    session.on("Network.webSocketCreated", lambda event: requests.append(event["url"]))
    page.goto("/")
    page.wait_for_timeout(1500)
    assert len(requests) <= 12, requests
    assert sum(sizes) < 90_000
