"""Two people at one conversation: they see each other, the stream, comments, and the end of it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.prepared import ROOT, environment

from .conftest import Site, Watched

pytestmark = pytest.mark.browser

PASSWORD = "correct-horse-battery"
PEOPLE = {"alice": "Alice Adler", "bob": "Bob Brunner"}
MAKE_PEOPLE = f"""
from chat.models import User
for name, full in {PEOPLE!r}.items():
    User.objects.create_user(f"{{name}}@example.org", {PASSWORD!r}, name=full)
"""
SECONDS = 20_000


@pytest.fixture(scope="module")
def peopled(fresh_site: Site) -> Site:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", MAKE_PEOPLE]
    variables = environment(CHATSITE_DATA_DIR=fresh_site.data)
    subprocess.run(command, cwd=ROOT, env=variables, check=True)
    return fresh_site


@pytest.fixture
def two(browser: Browser, peopled: Site) -> Iterator[tuple[Page, Page]]:
    contexts = [browser.new_context(base_url=peopled.origin, locale="en-GB") for _ in PEOPLE]
    watched = [Watched(context, peopled.origin) for context in contexts]
    pages = [it.page for it in watched]
    for page, name in zip(pages, PEOPLE, strict=True):
        page.set_default_timeout(SECONDS)
        sign_in(page, f"{name}@example.org")
    yield pages[0], pages[1]
    for context in contexts:
        context.close()
    assert [it.complaints for it in watched] == [[], []]


def sign_in(page: Page, email: str) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    page.wait_for_load_state("load")


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def turns(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article")


def share_with_bob(page: Page, role: str) -> None:
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("They").select_option(role)
    dialog.get_by_label("Add people or teams").press_sequentially("Bob")
    dialog.get_by_role("button", name="Bob Brunner").click()
    expect(dialog.get_by_role("listitem").filter(has_text="Bob Brunner")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()


def change_bobs_access(page: Page, role: str | None) -> None:
    """None: it ends."""
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Change the access of Bob Brunner").click()
    row = dialog.get_by_role("listitem").filter(has_text="Bob Brunner")
    if role is None:
        row.get_by_role("button", name="End access").click()
        expect(row).to_have_count(0)
    else:
        row.get_by_label("Access", exact=True).select_option(role)
        row.get_by_role("button", name="Save").click()
        # What is shown anew must not take the button away from under the next click.
        expect(row.get_by_label("Access", exact=True)).to_be_hidden()
    dialog.get_by_role("button", name="Done").click()


def press_done_while_it_is_drawn_anew(page: Page) -> None:
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Done").hover()
    page.mouse.down()
    share = "document.querySelector('[data-for=share]').href"
    page.evaluate(f"htmx.ajax('GET', {share}, '#dialog-body')")
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_hidden()


def delete_and_bring_back(alice: Page, bob: Page) -> None:
    address = alice.url
    alice.locator("#bar-actions").get_by_role("button", name="Delete", exact=True).click()
    alice.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(bob.get_by_text("This conversation was deleted.").first).to_be_visible()
    expect(alice).not_to_have_url(address)
    alice.goto("/deleted/")
    alice.get_by_role("button", name="Bring back").click()
    expect(turns(bob).last).to_contain_text("w000005")
    alice.goto(address)


def test_shared_seen_live_answered_commented_and_ended(two: tuple[Page, Page]) -> None:
    alice, bob = two
    ask(alice, "/demo steady 20 1")
    expect(turns(alice).last).to_have_attribute("data-state", "completed", timeout=40_000)
    share_with_bob(alice, "editor")
    expect(bob.get_by_role("button", name="Notices (1 new)")).to_be_visible()
    bob.goto(alice.url)
    expect(alice.get_by_text("Bob Brunner is here")).to_be_attached()
    expect(bob.get_by_text("Alice Adler is here")).to_be_attached()

    # The colleague sees the stream and its stop, and keeps what is being written meanwhile.
    bob.get_by_role("textbox", name="Message").fill("And my draft?")
    ask(alice, "/demo steady 20 60")
    asked = turns(bob).filter(has_text="/demo steady 20 60")
    expect(asked.get_by_role("heading", name="Alice Adler")).to_be_visible()
    reply = turns(bob).last
    expect(reply).to_contain_text("w000005")
    expect(reply).to_have_attribute("data-state", "running")
    alice.get_by_role("button", name="Stop", exact=True).click()
    expect(reply).to_have_attribute("data-state", "stopped")
    expect(bob.get_by_role("textbox", name="Message")).to_have_value("And my draft?")

    # The colleague asks; the owner sees both.
    ask(bob, "/demo steady 20 1 please")
    asked = turns(alice).filter(has_text="please")
    expect(asked.get_by_role("heading", name="Bob Brunner")).to_be_visible()
    expect(turns(alice).last).to_have_attribute("data-state", "completed", timeout=40_000)

    # A comment names somebody, who is told.
    turns(bob).last.get_by_role("button", name="Comment", exact=True).click()
    field = turns(bob).last.get_by_role("textbox", name="Comment")
    field.press_sequentially("Look, @Ali")
    expect(bob.get_by_role("option", name="Alice Adler")).to_be_visible()
    field.press("Enter")
    field.press_sequentially("please")
    field.press("Enter")
    marked = turns(alice).last.get_by_role("button", name="Comments (1) new")
    expect(marked).to_be_visible()
    expect(alice.get_by_role("button", name="Notices (1 new)")).to_be_visible()
    marked.click()
    expect(turns(alice).last.get_by_text("@Alice Adler")).to_be_visible()

    # Less, then nothing: while the colleague looks.
    change_bobs_access(alice, "viewer")
    expect(bob.get_by_role("textbox", name="Message")).to_be_hidden()
    expect(bob.get_by_text("Alice Adler shared this with you to read.")).to_be_visible()
    press_done_while_it_is_drawn_anew(alice)
    delete_and_bring_back(alice, bob)
    change_bobs_access(alice, None)
    over = bob.get_by_text("Alice Adler has ended your access to this conversation.")
    expect(over.first).to_be_visible()
    expect(turns(bob)).to_have_count(0)
    expect(alice.get_by_text("Bob Brunner is here")).to_have_count(0)
