"""What is typed into the options of a model counts, however slowly they come."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from .conftest import Watched
from .test_main_flow import sign_in

pytestmark = pytest.mark.browser

OPTIONS = "**/models/*/options/**"
# Types and sends in the very moment in which the field arrives, before anything else can run.
TYPE_AT_ONCE = """() => new MutationObserver((_changes, observer) => {
  const field = document.querySelector('[data-parameter="n"]');
  if (!field) return;
  observer.disconnect();
  field.value = "3";
  document.getElementById("composer").requestSubmit();
}).observe(document.getElementById("composer"), { childList: true, subtree: true })"""


class Held:
    """Requests for the fields of a model, which arrive when a test says so."""

    def __init__(self, page: Page) -> None:
        self.routes: list[Route] = []
        self.page = page
        page.route(OPTIONS, self.hold)

    def hold(self, route: Route) -> None:
        self.routes.append(route)

    def release(self) -> None:
        for route in self.routes:
            route.continue_()
        self.page.unroute(OPTIONS)


@pytest.fixture
def page(watched: Watched) -> Iterator[Page]:
    sign_in(watched.page)
    pick(watched.page, "Peak Privacy")
    expect(watched.page.locator("#privacy")).to_contain_text("Anonymised: ")
    yield watched.page
    watched.page.unroute_all(behavior="ignoreErrors")


def pick(page: Page, provider: str) -> None:
    picker = page.get_by_role("combobox", name="Model")
    option = picker.locator(f"optgroup[label*='{provider}'] option").first
    picker.select_option(value=str(option.get_attribute("value")))


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def turns(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article")


def test_what_is_typed_in_the_moment_the_fields_arrive_is_sent(page: Page) -> None:
    held = Held(page)
    box(page).fill("What is Chatsite?")
    pick(page, "Gray Swan")
    expect(page.locator("#option-fields")).to_have_attribute("aria-busy", "true")
    page.evaluate(TYPE_AT_ONCE)
    held.release()
    expect(page.get_by_role("group", name="3 answers, side by side")).to_be_visible()
    page.get_by_role("button", name="Stop").click()


def test_sending_waits_for_the_fields_and_old_ones_are_out_of_reach(page: Page) -> None:
    page.get_by_role("button", name="Options", exact=True).click()
    expect(page.get_by_role("checkbox", name="nonymi")).to_be_visible()
    held = Held(page)
    pick(page, "Gray Swan")
    expect(page.locator("#option-fields")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#option-fields")).to_have_attribute("inert", "")
    box(page).fill("Hello")
    box(page).press("Enter")
    expect(box(page)).not_to_be_editable()
    expect(turns(page)).to_have_count(0)
    held.release()
    expect(turns(page)).to_have_count(2)
    expect(box(page)).to_be_editable()
    expect(page.locator("#option-fields")).not_to_have_attribute("aria-busy", "true")


def test_without_the_fields_the_message_goes_out_with_the_defaults(page: Page) -> None:
    held = Held(page)
    pick(page, "Gray Swan")
    box(page).fill("Hello")
    box(page).press("Enter")
    expect(turns(page).last).to_have_attribute("data-state", "completed", timeout=40_000)
    expect(turns(page).last).to_contain_text("Cygnet")
    held.release()


def test_what_was_typed_for_a_model_is_there_again_when_it_is_picked_again(page: Page) -> None:
    page.get_by_role("button", name="Options", exact=True).click()
    pick(page, "Gray Swan")
    page.get_by_label("Temperature").fill("0.7")
    pick(page, "OpenAI-compatible")
    expect(page.get_by_label("Temperature")).not_to_have_value("0.7")
    pick(page, "Gray Swan")
    expect(page.get_by_label("Temperature")).to_have_value("0.7")
