"""The main job: sign in, ask, watch the answer, reload in the middle, find the tokens."""

import re
import sqlite3

import pytest
from playwright.sync_api import Page, expect

from .conftest import EMAIL, PASSWORD, SESSIONS, Site, Watched

pytestmark = pytest.mark.browser

PROVIDERS = ["Peak Privacy", "Gray Swan", "OpenAI-compatible"]
# For tests that need an answer, whatever it says: it is there after a second.
BRIEF = "/demo steady 100 1"


def sign_in(page: Page) -> None:
    page.goto("/")
    if "/accounts/login/" in page.url:
        fill_in(page)
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    page.wait_for_load_state("load")  # the modules have run


def fill_in(page: Page) -> None:
    origin = page.url.partition("/accounts/")[0]
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{origin}/")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    SESSIONS[origin] = cookies["sessionid"]


def ask(page: Page, provider: str, text: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="New conversation").click()
    picker = page.get_by_role("combobox", name="Model")
    option = picker.locator(f"optgroup[label*='{provider}'] option").first
    picker.select_option(value=str(option.get_attribute("value")))
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send").click()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_ask_watch_reload_and_find_the_tokens(
    watched: Watched, fresh_site: Site, provider: str
) -> None:
    page = watched.page
    sign_in(page)
    ask(page, provider, "What is Chatsite, and what happens to my text?")
    reply = page.get_by_role("log").get_by_role("article").last
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page).to_have_url(re.compile("/c/"))
    if provider != "Peak Privacy":
        expect(reply.locator(".block").first).to_contain_text("Chatsite")
    seen = reply.locator(".prose").first.inner_text()
    page.reload()
    reply = page.get_by_role("log").get_by_role("article").last
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(reply).to_have_attribute("data-state", "completed", timeout=40_000)
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    whole = reply.locator(".prose[data-part=content]").inner_text()
    assert len(whole) > 200
    assert whole.startswith(seen.strip()[:20])
    expect(reply.locator(".turn-foot")).to_contain_text("tokens")
    total = str(tokens_in_the_ledger(fresh_site))
    page.goto("/usage/")
    assert total in digits(page.get_by_role("main").inner_text())
    page.goto("/admin/")
    page.get_by_role("link", name="Usage", exact=True).first.click()
    row = page.get_by_role("row").filter(has_text=EMAIL)
    assert total in digits(row.inner_text())


def digits(text: str) -> list[str]:
    """The numbers in a text, without the separators of thousands."""
    return re.findall(r"\d+", re.sub(r"(?<=\d)[,.'’\u00a0\u202f](?=\d{3})", "", text))


def tokens_in_the_ledger(site: Site) -> int:
    with sqlite3.connect(site.data / "db.sqlite3") as connection:
        query = "SELECT SUM(total_tokens) FROM chat_usagerecord"
        return int(connection.execute(query).fetchone()[0])
