"""Several answers to one message stream as siblings; a switcher leads from one to another."""

import pytest
from playwright.sync_api import expect

from .conftest import Watched
from .test_main_flow import sign_in

pytestmark = pytest.mark.browser


def test_three_answers_are_asked_for_and_looked_through(watched: Watched) -> None:
    page = watched.page
    sign_in(page)
    picker = page.get_by_role("combobox", name="Model")
    option = picker.locator("optgroup[label*='Gray Swan'] option").first
    picker.select_option(value=str(option.get_attribute("value")))
    page.get_by_role("button", name="Options", exact=True).click()
    page.get_by_text("More settings").click()
    page.get_by_label("Number of answers").fill("3")
    page.get_by_role("textbox", name="Message").fill("What is Chatsite?")
    page.get_by_role("button", name="Send").click()
    reply = page.get_by_role("log").get_by_role("article").last
    expect(reply).to_contain_text("1/3", timeout=20_000)
    reply.get_by_role("button", name="Next version").click()
    expect(reply).to_contain_text("2/3")
    expect(reply).to_have_attribute("data-state", "completed", timeout=40_000)
    expect(reply.locator("[data-part=content]")).to_contain_text("Chatsite")
