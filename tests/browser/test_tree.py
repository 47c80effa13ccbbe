"""A message's menu: deleting with undo, also seen by a second page, and branching off."""

import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from .conftest import Watched
from .test_main_flow import BRIEF, ask, sign_in

pytestmark = pytest.mark.browser


def turns(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article")


def choose(page: Page, turn: Locator, entry: str) -> None:
    turn.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name=entry).click()


def middle(box: FloatRect) -> float:
    return box["x"] + box["width"] / 2


def test_what_is_deleted_comes_back_and_a_branch_goes_on_elsewhere(watched: Watched) -> None:
    page = watched.page
    sign_in(page)
    ask(page, "OpenAI", BRIEF)
    expect(turns(page).last).to_have_attribute("data-state", "completed")
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_role("textbox", name="Message").fill(f"{BRIEF} again")
    page.get_by_role("button", name="Send").click()
    expect(turns(page)).to_have_count(4)
    expect(turns(other)).to_have_count(4)
    expect(turns(page).last).to_have_attribute("data-state", "completed")

    choose(page, turns(page).nth(2), "Delete from this message on")
    expect(turns(page)).to_have_count(2)
    expect(turns(other)).to_have_count(2)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    note, column = page.locator(".toast").bounding_box(), page.locator("main").bounding_box()
    assert note
    assert column
    assert abs(middle(note) - middle(column)) < 2
    page.keyboard.press("Enter")
    expect(turns(page)).to_have_count(4)
    expect(turns(other)).to_have_count(4)

    address = page.url
    choose(page, turns(page).nth(1), "Branch into a new conversation")
    expect(page).not_to_have_url(address)
    expect(page).to_have_url(re.compile("/c/"))
    expect(turns(page)).to_have_count(2)
    expect(page.get_by_role("log").get_by_role("link", name="/demo steady")).to_be_visible()
