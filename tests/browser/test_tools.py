"""Tools on the page: an administrator makes one, a person asks, the cards tell what happens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .conftest import Site, Watched, serving
from .test_main_flow import ask, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fresh_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Of its own: where there are tools, a question gets one answer only."""
    with serving(tmp_path_factory.mktemp("tools")) as site:
        yield site


def make_tool(page: Page, name: str, kind: str, **fields: str) -> None:
    page.goto("/admin/chat/tool/add/")
    page.locator("#id_name").fill(name)
    page.locator("#id_description").fill(f"This tool: {name}.")
    page.locator("#id_kind").select_option(kind)
    for field, value in fields.items():
        control = page.locator(f"#id_{field}")
        if field == "function":
            control.select_option(value)
        else:
            control.fill(value)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".success")).to_be_visible()


def test_a_calculator_is_called_and_shown_as_a_card(watched: Watched) -> None:
    page = watched.page
    sign_in(page)
    make_tool(page, "calculator", "function", function="calculator")
    page.goto("/")
    ask(page, "Gray Swan", "Please calculate 17 * 3")
    card = page.get_by_role("region", name="calculator")
    expect(card.locator(".tool-state")).to_contain_text("done")
    expect(card).to_contain_text("17 * 3")
    expect(card.locator("pre")).to_have_text("51")
    last = page.get_by_role("log").get_by_role("article").last
    expect(last).to_contain_text("51")
    expect(last).to_have_attribute("data-state", "completed")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("region", name="calculator").locator("pre")).to_have_text("51")
    expect(page.get_by_role("log").get_by_role("article")).to_have_count(3)


def test_a_person_answers_by_hand_on_a_phone(watched: Watched) -> None:
    page = watched.page
    sign_in(page)
    schema = '{"type": "object", "properties": {"city": {"type": "string"}}}'
    make_tool(page, "weather", "by_hand", parameters=schema)
    page.goto("/")
    ask(page, "Gray Swan", "How is the weather in Zug?")
    page.set_viewport_size({"width": 340, "height": 700})
    card = page.get_by_role("region", name="weather")
    card.get_by_role("textbox").fill("Snow and wind")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card.get_by_role("button", name="Send result").click()
    expect(card.locator(".tool-state")).to_have_text("done")
    expect(page.get_by_role("log").get_by_role("article").last).to_contain_text("Snow and wind")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    page.get_by_role("button", name="Options").click()
    expect(page.get_by_role("checkbox", name="The model may use tools")).to_be_checked()
