"""Long conversations and many of them: older ones on demand, and nothing jumps."""

import sqlite3
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import EMAIL, Site, Watched, until
from .test_main_flow import sign_in

pytestmark = pytest.mark.browser

NOW = "2020-01-01 12:00:00"
CONVERSATION = (
    "INSERT INTO chat_conversation (id, owner_id, title, titled, temporary, legal_hold, parameters,"
    " system_prompt, rights_version, created_at, updated_at)"
    " SELECT ?, id, ?, 0, 0, 0, '{}', '', 1, ?, ?"
    " FROM chat_user WHERE email = ?"
)
MESSAGE = (
    "INSERT INTO chat_message (conversation_id, parent_id, role, content, reasoning, choice,"
    " finish_reason, calls_open, created_at) VALUES (?, ?, ?, ?, '', 0, '', 0, ?)"
)


def fill(data: Path, conversations: int, messages: int) -> str:
    """The address of one with that many messages, among that many others."""
    with sqlite3.connect(data / "db.sqlite3", timeout=20) as connection:
        for number in range(conversations):
            row = (uuid.uuid4().hex, f"Old {number}", NOW, NOW, EMAIL)
            connection.execute(CONVERSATION, row)
        long = uuid.uuid4()
        connection.execute(CONVERSATION, (long.hex, "A long one", NOW, NOW, EMAIL))
        leaf = None
        for number in range(messages):
            role = "assistant" if number % 2 else "user"
            row = (long.hex, leaf, role, f"Number {number}. " * 20, NOW)
            leaf = connection.execute(MESSAGE, row).lastrowid
        connection.execute(
            "UPDATE chat_conversation SET leaf_id = ? WHERE id = ?", (leaf, long.hex)
        )
    return f"/c/{long}/"


@pytest.fixture
def page(watched: Watched) -> Page:
    sign_in(watched.page)
    return watched.page


def top(turn: Locator) -> float:
    box = turn.bounding_box()
    assert box
    return box["y"]


def test_older_messages_come_on_demand_and_the_reader_stays(page: Page, fresh_site: Site) -> None:
    page.goto(fill(fresh_site.data, 0, 120))
    turns = page.get_by_role("log").get_by_role("article")
    expect(turns).to_have_count(50)
    expect(turns.last).to_be_in_viewport()
    page.get_by_role("log").evaluate("log => { log.scrollTop = 0 }")
    reading = page.locator(f"#{turns.first.get_attribute('id')}")
    before = top(reading)
    page.get_by_role("button", name="Show earlier messages").click()
    expect(turns).to_have_count(100)
    until(page, lambda: abs(top(reading) - before) < 2)


def test_older_conversations_come_as_the_list_is_scrolled(page: Page, fresh_site: Site) -> None:
    fill(fresh_site.data, 70, 0)
    page.goto("/")
    entries = page.get_by_role("navigation", name="Conversations").get_by_role("listitem")
    entries = entries.filter(has=page.get_by_role("link"))
    expect(entries).to_have_count(30)
    page.locator("#conversations").evaluate("list => { list.scrollTop = list.scrollHeight }")
    expect(entries).to_have_count(60)
