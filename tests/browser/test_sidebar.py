"""The sidebar with the keyboard alone."""

import subprocess
import sys
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.prepared import ROOT, environment

from .conftest import EMAIL, Site, Watched
from .test_main_flow import sign_in

pytestmark = pytest.mark.browser

TITLES = ["Alpha", "Beta", "Gamma", "Delta"]
SCRIPT = f"""
from chat.models import Conversation, User
erin = User.objects.get(email="{EMAIL}")
for title in {TITLES}:
    Conversation.objects.create(owner=erin, title=title)
"""


@pytest.fixture
def page(watched: Watched, fresh_site: Site) -> Page:
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", SCRIPT],
        cwd=ROOT,
        env=environment(CHATSITE_DATA_DIR=fresh_site.data),
        check=True,
    )
    sign_in(watched.page)
    return watched.page


def entry(page: Page, title: str, within: str = "#lists") -> Locator:
    return page.locator(f"{within} .entry", has_text=title)


def choose(page: Page, title: str, item: str) -> None:
    """In the menu of an entry, with the keyboard."""
    entry(page, title).get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    while not page.get_by_role("menuitem", name=item, exact=True).evaluate(
        "item => item === document.activeElement"
    ):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_pin_file_archive_and_delete_with_the_keyboard(page: Page) -> None:
    choose(page, "Alpha", "Pin")
    expect(entry(page, "Alpha", "[data-list=pinned]")).to_be_visible()
    expect(entry(page, "Alpha").get_by_role("button")).to_be_focused()
    folder = f"Folder {uuid4()}"
    choose(page, "Beta", "Move to a folder")
    page.get_by_label("Or a new folder").fill(folder)
    page.keyboard.press("Enter")
    expect(entry(page, "Beta")).to_have_count(0)
    page.locator("summary", has_text=folder).press("Enter")
    expect(entry(page, "Beta")).to_be_visible()
    page.reload()
    expect(entry(page, "Beta")).to_be_visible()
    choose(page, "Gamma", "Archive")
    expect(entry(page, "Gamma")).to_have_count(0)
    page.get_by_role("link", name="Archived").press("Enter")
    expect(entry(page, "Gamma")).to_be_visible()
    page.get_by_role("link", name="Back to all conversations").press("Enter")
    # Both lists have the next button.
    expect(page.get_by_role("link", name="Archived")).to_be_visible()
    page.get_by_role("button", name="Select several").press("Enter")
    for title in ("Alpha", "Delta"):
        page.get_by_role("checkbox", name=f"Select “{title}”").press("Space")
    expect(page.get_by_text("Selected: 2")).to_be_visible()
    page.get_by_role("form", name="Selected conversations").get_by_role(
        "button", name="Delete"
    ).press("Enter")
    expect(page.get_by_role("heading", name="Delete 2 conversations?")).to_be_visible()
    page.keyboard.press("Enter")
    expect(entry(page, "Alpha")).to_have_count(0)
    expect(entry(page, "Delta")).to_have_count(0)
    expect(entry(page, "Beta")).to_be_visible()
