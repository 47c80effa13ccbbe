"""A draft is there again, however the page and its saving overtake each other."""

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from .conftest import Site, Watched
from .test_main_flow import sign_in

pytestmark = pytest.mark.browser


def was_saved(response: Response) -> bool:
    return response.url.endswith("/draft/") and response.request.method == "POST"


def type_while_the_page_is_made_anew(page: Page, text: str) -> None:
    """The server makes the next page before it takes the draft, and the draft's answer is first."""
    made = page.request.get(page.url)
    with page.expect_response(was_saved):
        page.get_by_role("textbox", name="Message").fill(text)
    page.route(page.url, lambda route: route.fulfill(response=made))
    page.reload()
    page.unroute(page.url)


def test_what_was_saved_while_the_next_page_was_being_made_is_on_it(watched: Watched) -> None:
    page = watched.page
    sign_in(page)
    box = page.get_by_role("textbox", name="Message")
    type_while_the_page_is_made_anew(page, "Half a thought")
    expect(box).to_have_value("Half a thought")
    # It is a draft like any other: what follows is saved, and no conflict with itself.
    type_while_the_page_is_made_anew(page, "")
    expect(box).to_have_value("")
    expect(page.get_by_text("A newer draft")).to_have_count(0)


def test_a_draft_is_there_in_another_browser(
    watched: Watched, browser: Browser, fresh_site: Site
) -> None:
    sign_in(watched.page)
    text = f"half a thought {uuid4()}"
    here = watched.page.get_by_role("textbox", name="Message")
    with watched.page.expect_response(was_saved):
        here.fill(text)
    context = browser.new_context(base_url=fresh_site.origin, locale="en-GB")
    other = context.new_page()
    sign_in(other)
    there = other.get_by_role("textbox", name="Message")
    expect(there).to_have_value(text)
    with other.expect_response(was_saved):
        there.fill(f"{text}, whole")
    context.close()
    # The old window does not overwrite it, and says so.
    here.press_sequentially("!")
    expect(watched.page.get_by_text("A newer draft of this message was written")).to_be_visible()
    watched.page.get_by_role("button", name="Show it").click()
    expect(here).to_have_value(f"{text}, whole")
    with watched.page.expect_response(was_saved):
        here.fill("")
