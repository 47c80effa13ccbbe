"""Files beside a message and the prompt library, as a person uses them, with the keyboard alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.extraction import files

from .conftest import Site, Watched
from .test_main_flow import sign_in

pytestmark = pytest.mark.browser

REPORT: FilePayload = {
    "name": "report.pdf",
    "mimeType": "application/pdf",
    "buffer": files.pdf("The figure is 4711.", "The end."),
}
BROKEN: FilePayload = {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"Hello"}


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def attached(page: Page) -> Locator:
    return page.get_by_role("list", name="Files").first.get_by_role("listitem")


def test_a_file_is_reviewed_sent_kept_over_a_reload_and_downloaded(
    watched: Watched, fresh_site: Site
) -> None:
    page = watched.page
    sign_in(page)
    page.get_by_label("Add files").set_input_files([REPORT, BROKEN])
    alert = page.get_by_role("alert").filter(has_text="broken.pdf")
    expect(alert).to_contain_text("is not what its ending says")
    expect(attached(page)).to_have_count(1)
    expect(attached(page)).to_contain_text(re.compile(r"report\.pdf.*2 pages.*about \d+ tokens"))
    # The browser itself notes the refusal.
    watched.complaints.clear()
    page.reload()
    expect(attached(page)).to_have_count(1)
    page.get_by_role("button", name="Show text of report.pdf").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("The figure is 4711.")
    violations = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in violations] == []
    page.keyboard.press("Escape")
    box(page).fill("What is the figure?")
    box(page).press("Enter")
    said = page.get_by_role("log").get_by_role("article").first
    expect(said).to_contain_text("report.pdf")
    expect(page.locator("#attached")).to_be_hidden()
    with page.expect_download() as download:
        said.get_by_role("link", name="Download report.pdf").click()
    assert download.value.suggested_filename == "report.pdf"
    assert download.value.path().read_bytes() == REPORT["buffer"]


def test_without_a_connection_the_text_and_the_files_are_kept(watched: Watched) -> None:
    page = watched.page
    sign_in(page)
    page.get_by_label("Add files").set_input_files(REPORT)
    expect(attached(page)).to_contain_text("2 pages")
    box(page).fill("Half a thought")
    page.context.set_offline(True)
    page.get_by_label("Add files").set_input_files({**REPORT, "name": "second.pdf"})
    alert = page.get_by_role("alert").filter(has_text="second.pdf")
    expect(alert).to_contain_text("no connection to the server")
    expect(attached(page)).to_have_count(1)
    expect(box(page)).to_have_value("Half a thought")
    page.context.set_offline(False)
    # The browser itself notes what could not be reached.
    watched.complaints.clear()
    page.get_by_role("button", name="Remove report.pdf").press("Enter")
    expect(page.locator("#attached")).to_be_hidden()
    watched.complaints.clear()


def test_a_prompt_is_found_by_its_first_letters_and_filled_in(watched: Watched) -> None:
    page = watched.page
    sign_in(page)
    for title, text in (("Reminder", "Dear {{name}}, about {{ bill }}: {{name}}"), ("Sum", "Sum!")):
        page.goto("/prompts/new/")
        page.get_by_label("Title").fill(title)
        page.get_by_label("Text").fill(text)
        page.get_by_role("button", name="Save").click()
        # Leaving before the answer has come would leave it unsaved.
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.goto("/")
    # An earlier visit's draft may be there: a slash opens the search in an empty box only.
    box(page).fill("")
    box(page).press("/")
    search = page.get_by_role("combobox", name="Search prompts")
    expect(search).to_be_focused()
    expect(page.get_by_role("listbox", name="Prompts").get_by_role("option")).to_have_count(2)
    search.press("Escape")
    expect(box(page)).to_have_value("/")
    # What no prompt is called is a text, however fast it is typed.
    box(page).fill("")
    box(page).press("/")
    page.keyboard.type("demo")
    expect(box(page)).to_have_value("/demo")
    expect(box(page)).to_be_focused()
    box(page).fill("")
    box(page).press("/")
    search.press_sequentially("remin")
    expect(page.get_by_role("listbox", name="Prompts").get_by_role("option")).to_have_count(1)
    violations = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in violations] == []
    search.press("Enter")
    expect(page.get_by_role("textbox", name="name")).to_be_focused()
    page.keyboard.type("Bob")
    page.get_by_role("button", name="Put into the message").press("Enter")
    expect(box(page)).to_have_value("Dear Bob, about {{ bill }}: Bob")
    expect(box(page)).to_be_focused()
    expect(page.get_by_role("alert").filter(has_text="bill")).to_be_visible()
    page.get_by_role("button", name="Translator").click()
    expect(page.get_by_role("combobox", name="Model", exact=True)).to_contain_text("Mistral Swiss")
    expect(page.locator("#system-prompt")).to_have_value(re.compile("Translate"))
