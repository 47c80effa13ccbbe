"""The message box: keys, drafts, stop, edit, and what happens without a connection."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Site, Watched, until
from .test_main_flow import BRIEF, ask, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def page(watched: Watched) -> Page:
    sign_in(watched.page)
    return watched.page


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def turns(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article")


def finished(page: Page) -> None:
    expect(turns(page).last).to_have_attribute("data-state", "completed", timeout=40_000)


def test_enter_sends_and_shift_enter_breaks_the_line(page: Page) -> None:
    box(page).fill("One")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("Two")
    expect(box(page)).to_have_value("One\nTwo")
    box(page).press("Enter")
    expect(box(page)).to_have_value("")
    expect(turns(page).first).to_contain_text("One\nTwo")


def test_an_input_method_s_enter_does_not_send(page: Page) -> None:
    box(page).fill("にほん")
    for fields in ({"isComposing": True}, {"keyCode": 229}):
        init = {"key": "Enter", "bubbles": True, "cancelable": True} | fields
        box(page).dispatch_event("keydown", init)
    expect(box(page)).to_have_value("にほん")
    expect(turns(page)).to_have_count(0)


def test_a_draft_outlives_a_reload_and_belongs_to_its_conversation(page: Page) -> None:
    ask(page, "OpenAI-compatible", BRIEF)
    finished(page)
    box(page).fill("half a thought")
    page.reload()
    expect(box(page)).to_have_value("half a thought")
    page.get_by_role("button", name="New conversation").click()
    expect(box(page)).to_have_value("")


def test_stop_keeps_what_was_written_and_offers_to_go_on(page: Page) -> None:
    ask(page, "OpenAI-compatible", "/demo long")
    expect(page.locator(".turn-reply .block").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(turns(page).last).to_have_attribute("data-state", "stopped")
    expect(turns(page).last).to_contain_text("This answer was stopped.")
    expect(box(page)).to_be_focused()
    seen = turns(page).last.locator("[data-part=content]").inner_text()
    page.reload()
    expect(turns(page).last.locator("[data-part=content]")).to_have_text(seen, use_inner_text=True)
    turns(page).last.get_by_role("button", name="Continue").click()
    expect(turns(page).last).to_have_attribute("data-state", "running")
    page.get_by_role("button", name="Stop").click()
    expect(turns(page).last.get_by_role("group", name="Versions")).to_contain_text("2/2")


def test_a_double_click_on_send_sends_once_and_stops_nothing(page: Page) -> None:
    ask(page, "OpenAI-compatible", BRIEF)
    finished(page)
    box(page).fill("/demo long")
    page.get_by_role("button", name="Send").dblclick()
    expect(turns(page)).to_have_count(4)
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()
    expect(turns(page).last).to_have_attribute("data-state", "running")
    page.get_by_role("button", name="Stop").click()
    expect(turns(page).last).to_have_attribute("data-state", "stopped")
    page.reload()
    expect(turns(page)).to_have_count(4)


FIRST, SECOND = "/demo steady 90 1", "/demo steady 80 1"


def test_editing_makes_another_version_and_the_first_one_stays(page: Page) -> None:
    ask(page, "OpenAI-compatible", FIRST)
    finished(page)
    turns(page).first.hover()
    turns(page).first.get_by_role("button", name="Edit").click()
    editor = page.get_by_role("textbox", name="Changed text")
    expect(editor).to_have_value(FIRST)
    editor.fill(SECOND)
    editor.press("Enter")
    expect(turns(page).first).to_contain_text(SECOND)
    finished(page)
    turns(page).first.get_by_role("button", name="Previous version").click()
    expect(turns(page).first).to_contain_text(FIRST)
    expect(turns(page)).to_have_count(2)


def test_an_error_is_told_in_plain_words_and_can_be_asked_again(page: Page) -> None:
    ask(page, "OpenAI-compatible", "/demo refused key")
    reply = turns(page).last
    expect(reply).to_have_attribute("data-state", "failed")
    expect(reply).to_contain_text("This provider's access key was not accepted.")
    reply.get_by_role("button", name="Regenerate").click()
    expect(turns(page).last.get_by_role("group", name="Versions")).to_contain_text("2/2")


def test_copying_gives_the_markdown(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "OpenAI-compatible", "Show me a table, some code and a formula.")
    finished(page)
    copy = turns(page).last.get_by_role("button", name="Copy", exact=True)
    copy.last.click()
    expect(turns(page).last.get_by_role("button", name="Copied")).to_be_visible()
    assert "```" in page.evaluate("navigator.clipboard.readText()")
    code = turns(page).last.locator(".copy-code").first
    code.click()
    expect(code).to_have_text("Copied")
    assert "```" not in page.evaluate("navigator.clipboard.readText()")


def test_the_privacy_line_follows_model_and_switch(page: Page) -> None:
    line = page.locator("#privacy")
    picker = page.get_by_role("combobox", name="Model")
    picker.select_option(label="Mistral Swiss")
    expect(line).to_contain_text("Anonymised: personal details are replaced")
    page.get_by_role("button", name="Options", exact=True).click()
    page.get_by_role("checkbox", name=re.compile("nonymi")).uncheck()
    expect(line).to_contain_text("Not anonymised")
    picker.select_option(label="Demo Chat")
    expect(line).to_contain_text("Not anonymised: OpenAI-compatible")


def measure(log: Locator, name: str) -> int:
    return int(log.evaluate(f"log => log.{name}"))


def come_to_rest(log: Locator) -> int:
    """Where it stays after the wheel has turned."""
    places = [-1]

    def rests() -> bool:
        places.append(measure(log, "scrollTop"))
        return places[-1] == places[-2]

    until(log.page, rests)
    return places[-1]


def test_a_reader_who_scrolls_up_is_left_in_peace(page: Page) -> None:
    ask(page, "OpenAI-compatible", "/demo steady 200 120")
    log = page.get_by_role("log")
    until(page, lambda: measure(log, "scrollHeight") > 1200)
    log.hover()
    page.mouse.wheel(0, -200)
    expect(page.get_by_role("button", name="Newest")).to_be_visible()
    top, height = come_to_rest(log), measure(log, "scrollHeight")
    until(page, lambda: measure(log, "scrollHeight") > height + 100)
    assert measure(log, "scrollTop") == top
    page.get_by_role("button", name="Newest").click()
    expect(page.get_by_role("button", name="Newest")).to_be_hidden()
    page.get_by_role("button", name="Stop").click()


def test_renaming_shows_everywhere(page: Page, fresh_site: Site) -> None:
    ask(page, "OpenAI-compatible", BRIEF)
    finished(page)
    second = page.context.new_page()
    second.goto(page.url)
    page.get_by_role("button", name="Rename", exact=True).click()
    page.get_by_label("Title").fill("A better name")
    page.get_by_label("Title").press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    for tab in (page, second):
        expect(tab.get_by_role("heading", name="A better name")).to_be_visible()
        navigation = tab.get_by_role("navigation", name="Conversations")
        expect(navigation.get_by_role("link", name="A better name", exact=True)).to_be_visible()
        expect(tab).to_have_title("A better name · Chatsite")


def test_deleting_tells_the_other_tab(page: Page) -> None:
    ask(page, "OpenAI-compatible", BRIEF)
    finished(page)
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.get_by_role("log").get_by_role("article")).to_have_count(2)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("/$"))
    expect(second.get_by_role("log")).to_contain_text("This conversation was deleted.")
