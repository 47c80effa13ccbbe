"""The auditor opens every page there is for them: all numbers, nobody's text, no key."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, expect

from .audited import DANA, KEY, PASSWORD, PHRASE
from .conftest import Site, Watched, serving
from .test_pages_look import COLOURS, STILL

pytestmark = pytest.mark.browser

MARCH = "?first=2026-03-01&last=2026-03-31"
CONTRAST: dict[str, object] = {"runOnly": COLOURS}
# What only others may open, and where nothing leads to.
CLOSED = (
    *(
        f"/admin/chat/{table}/"
        for table in (
            *("provider", "languagemodel", "price", "preset", "tool", "apikey"),
            *("budget", "user", "conversation", "retentionrule", "organisation"),
        )
    ),
    "/admin/auth/group/",
    "/admin/health/",
    "/admin/chat/usagerecord/add/",
    "/admin/chat/auditevent/add/",
)
OPEN = {
    "/admin/",
    "/admin/usage/",
    "/admin/usage/export/csv/",
    "/admin/usage/export/xlsx/",
    "/admin/usage/report/",
    "/admin/usage/invoices/",
    "/admin/usage/invoices/N/",
    "/admin/usage/invoices/enter/",
    "/admin/chat/usagerecord/",
    "/admin/chat/usagerecord/N/change/",
    "/admin/chat/usagerecord/N/correct/",
    "/admin/chat/usagerecord/export/csv/",
    "/admin/chat/usagerecord/export/xlsx/",
    "/admin/chat/auditevent/",
    "/admin/chat/auditevent/N/change/",
    "/admin/chat/auditevent/export/",
    "/admin/chat/auditevent/verify/",
    "/admin/chat/apitoken/",
    "/admin/chat/apitoken/N/change/",
    "/admin/chat/apitoken/add/",
}
# Where forms that only ask lead to, with what they offer.
FORMS = """() => [...document.querySelectorAll('form[method=get]')].map(
  (form) => form.action.split('?')[0] + '?' + new URLSearchParams(new FormData(form)))"""


# What the Tab key comes to on the usage page, among others.
STOPS = [
    *("Skip to main content", "Overview", "This month", "From:", "To:", "Grouped by:"),
    *("Search:", "More filters", "Show", "CSV", "Usage", "Alice Adler", "Save"),
]
FOCUSED = """() => {
  const one = document.activeElement;
  const words = one.labels?.[0]?.innerText || one.getAttribute('aria-label') || one.innerText;
  return words.trim();
}"""


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    script = "from tests.browser.audited import fill; fill()"
    with serving(tmp_path_factory.mktemp("audited"), script) as site:
        yield site


@pytest.fixture(scope="module")
def signed_in(browser: Browser, audited: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=audited.origin, locale="en-GB", reduced_motion="reduce", accept_downloads=True
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Email").fill(DANA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Administration")).to_be_visible()
    page.close()
    yield context
    context.close()


@pytest.fixture
def watched(signed_in: BrowserContext, audited: Site) -> Iterator[Watched]:
    """The auditor's page; it may not break the policy, leave the origin or throw an error."""
    it = Watched(signed_in, audited.origin)
    yield it
    it.page.close()
    assert it.complaints == []


@pytest.fixture
def dana(watched: Watched) -> Page:
    return watched.page


def kind(address: str) -> str:
    return re.sub(r"(?<=/)(\d+|[0-9a-f-]{36})(?=/)", "N", urlsplit(address).path)


def text_of(answer: APIResponse) -> str:
    if "spreadsheet" not in answer.headers["content-type"]:
        return answer.text()
    with zipfile.ZipFile(io.BytesIO(answer.body())) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def links(text: str, base: str) -> Iterator[str]:
    for found in re.findall(r'<a\b[^>]*\shref="([^"]*)"', text):
        address = urljoin(base, html.unescape(found)).partition("#")[0]
        if urlsplit(address).path.startswith("/admin/"):
            yield address


def look(watched: Watched, address: str) -> list[str]:
    """Opens it; is it right for people and machines? Gives where its forms lead."""
    page = watched.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    page.goto(address)
    assert watched.complaints == [], address
    assert violations(page, {}) == [], address
    page.emulate_media(color_scheme="dark")
    assert violations(page, CONTRAST) == [], f"{address} in the dark"
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    # The policy forbids some of what axe tries.
    watched.complaints.clear()
    forms: list[str] = page.evaluate(FORMS)
    return forms


def violations(page: Page, options: dict[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for _again in range(3):
        # Right after another colour was chosen, the old one still fades.
        page.evaluate(STILL)
        if not (found := violations_now(page, options)):
            break
    return found


def violations_now(page: Page, options: dict[str, object]) -> list[tuple[str, str]]:
    if page.evaluate("window.axe === undefined"):
        page.evaluate(Axe().axe_script)
    answer = page.evaluate(
        "(options) => axe.run(options)", {"resultTypes": ["violations"], **options}
    )
    return [(one["id"], one["nodes"][0]["html"]) for one in answer["violations"]]


def test_every_page_that_a_link_leads_to(watched: Watched, audited: Site) -> None:
    """Each kind of page is looked at once, and read with each parameter that links give it."""
    asking = watched.page.request
    read: dict[str, set[str]] = {}
    waiting = [urljoin(audited.origin, "/admin/")]
    while waiting:
        address = waiting.pop()
        one, names = kind(address), set(parse_qs(urlsplit(address).query))
        if one in read and names <= read[one]:
            continue
        answer = asking.get(address)
        assert answer.status == 200, address
        text = text_of(answer)
        assert PHRASE not in text, address
        assert KEY[:20] not in text, address
        if "html" in answer.headers["content-type"]:
            waiting += links(text, address)
            waiting += [] if one in read else look(watched, address)
        read[one] = read.get(one, set()) | names
    assert set(read) >= OPEN
    assert not set(read) & set(CLOSED)
    assert {asking.get(address).status for address in CLOSED} == {403}


def figures(page: Page) -> list[str]:
    """What stands large at the top of a usage page, and beneath it."""
    return [" ".join(one.split()) for one in page.locator(".usage-figures > div").all_inner_texts()]


def test_numbers_are_found_narrowed_kept_corrected_and_verified(dana: Page) -> None:
    dana.goto(f"/admin/usage/{MARCH}")
    assert figures(dana) == [
        "Tokens 8,018 7,040 prompt, 978 completion",
        "Calls 5 2 without reported usage (40.0 %)",
        "Cost CHF 2.45 1 call has no price (20.0 %) 1 call of unknown cost (20.0 %)",
        "Privacy 20.0 % anonymised 1 call anonymised, 0 moderated (0.0 %)",
    ]
    table = dana.get_by_role("region", name="Usage")
    alice = table.get_by_role("row").filter(has_text="Alice Adler")
    expect(alice).to_contain_text(re.compile(r"3\s+1\s+2,040\s+478\s+2,518\s+CHF\s2\.45"))
    bob = table.get_by_role("row").filter(has_text="Bob Brunner")
    expect(bob).to_contain_text(re.compile(r"2\s+1\s+5,000\s+500\s+5,500\s+–\s+no price"))
    alice.get_by_role("link", name="Alice Adler", exact=True).click()
    expect(dana.get_by_role("heading", name="Grouped by: Model")).to_be_visible()
    expect(table.get_by_role("row").filter(has_text="house-1")).to_contain_text("2,518")

    # The view is kept under a name, and opened by it.
    dana.get_by_label("Name for this view").fill("Alice in March")
    dana.get_by_role("button", name="Save", exact=True).click()
    dana.goto("/admin/usage/")
    dana.get_by_role("link", name="Alice in March").click()
    expect(dana.get_by_role("list", name="Filters")).to_contain_text("Alice Adler")
    dana.get_by_role("button", name="Delete Alice in March").click()
    expect(dana.get_by_text("The view “Alice in March” is deleted.")).to_be_visible()

    # A single call, corrected by another row; the month it was made in stays as it was.
    dana.goto("/admin/chat/usagerecord/?outcome__exact=stopped")
    dana.locator("#result_list tbody th a").click()
    dana.get_by_role("link", name="Add a correction").click()
    dana.get_by_label("Completion tokens, difference").fill("-3")
    dana.get_by_label("Why").fill("counted by hand")
    dana.get_by_role("button", name="Add this correction").click()
    expect(dana.get_by_text("The correction is added as a record of its own.")).to_be_visible()
    dana.goto(f"/admin/usage/report/{MARCH}&month=2026-03")
    assert figures(dana)[:2] == [
        "Tokens 8,018 7,040 prompt, 978 completion",
        "Calls 5 2 without reported usage (40.0 %)",
    ]
    expect(dana.get_by_role("region", name="Invoices")).to_contain_text("CHF 3.00")
    dana.emulate_media(media="print")
    expect(dana.get_by_text("Signature")).to_be_visible()
    dana.emulate_media(media="screen")

    # What was done stands in the log, which is as it was written.
    dana.goto("/admin/chat/auditevent/")
    dana.get_by_role("search").get_by_role("searchbox").fill("counted by hand")
    dana.get_by_role("button", name="Search").click()
    found = dana.locator("#result_list tbody tr")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("corrected the ledger")
    dana.get_by_role("link", name="Verify").click()
    dana.get_by_role("button", name="Verify now").click()
    expect(dana.get_by_text("As written.")).to_have_count(2)


def test_the_keyboard_alone_is_enough(dana: Page) -> None:
    dana.goto(f"/admin/usage/{MARCH}")
    passed: list[str] = []
    while "Save" not in passed:
        assert len(passed) < 150, passed
        dana.keyboard.press("Tab")
        passed.append(dana.evaluate(FOCUSED))
    assert [one for one in dict.fromkeys(passed) if one in STOPS] == STOPS
    dana.get_by_label("Search").focus()
    dana.keyboard.type("Alice")
    dana.keyboard.press("Enter")
    rows = dana.get_by_role("region", name="Usage").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Alice Adler")
