"""Searching by keyboard alone: from the slash to the message, and back."""

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from .conftest import Site, Watched
from .test_long_lists import fill
from .test_main_flow import sign_in

pytestmark = pytest.mark.browser

TYPED = """(box, text) => [...text].forEach((letter) => {
  box.value += letter;
  box.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def hide_a_word(data: Path, address: str) -> None:
    """In the tenth message of the conversation."""
    conversation = address.split("/")[2].replace("-", "")
    with sqlite3.connect(data / "db.sqlite3", timeout=20) as connection:
        connection.execute(
            "UPDATE chat_message SET content = 'Here be quaggas.' WHERE id = (SELECT id"
            " FROM chat_message WHERE conversation_id = ? ORDER BY id LIMIT 1 OFFSET 9)",
            (conversation,),
        )


def test_a_message_is_found_and_reached_by_keyboard(watched: Watched, fresh_site: Site) -> None:
    page = watched.page
    address = fill(fresh_site.data, 0, 120)
    hide_a_word(fresh_site.data, address)
    sign_in(page)
    page.locator("body").press("Control+k")
    box = page.get_by_role("searchbox", name="Search conversations")
    expect(box).to_be_focused()
    asked: list[str] = []
    page.on("request", lambda request: note(request, asked))
    # All keys at one instant, however busy the machine is.
    box.evaluate(TYPED, "quagg")
    hit = page.locator("#search-results").get_by_role("link").first
    expect(hit).to_contain_text("Here be quaggas.")
    expect(hit.locator("mark")).to_have_text("quagg")
    assert len(asked) == 1, "each key asked the server"
    expect(page.locator("#announcer")).to_have_text("1 result")
    expect(page.get_by_role("navigation", name="Conversations")).to_be_hidden()
    box.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"{address}\?message=\d+"))
    reached_and_left(page, address)


def reached_and_left(page: Page, address: str) -> None:
    message = page.get_by_role("article").filter(has_text="quaggas")
    expect(message).to_be_focused()
    expect(message).to_be_in_viewport()
    expect(page.get_by_role("textbox", name="Message")).to_be_hidden()
    page.get_by_role("button", name="Show later messages").click()
    expect(page.get_by_role("article")).to_have_count(85)
    expect(page.get_by_role("article").nth(34)).to_be_in_viewport()
    page.locator("body").press("/")
    box = page.get_by_role("searchbox")
    expect(box).to_have_value("quagg")
    expect(page.locator("#search-results").get_by_role("link").first).to_be_visible()
    box.press("Escape")
    expect(box).to_have_value("")
    expect(page.locator("#search-results")).to_be_hidden()
    page.get_by_role("link", name="Back to the newest").click()
    page.wait_for_url(re.compile(f"{address}$"))
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


def note(request: Request, asked: list[str]) -> None:
    if "/search/" in request.url:
        asked.append(request.url)
