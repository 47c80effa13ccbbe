"""Several answers to one message stream side by side, until the person keeps one."""

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Watched
from .test_main_flow import sign_in

pytestmark = pytest.mark.browser

PLACES = """all => all.map((one) => {
  const { left, top } = one.getBoundingClientRect();
  return [left, top];
})"""


def ask_for_three(page: Page, text: str) -> Locator:
    """The answers, all of which are being written."""
    picker = page.get_by_role("combobox", name="Model")
    option = picker.locator("optgroup[label*='Gray Swan'] option").first
    picker.select_option(value=str(option.get_attribute("value")))
    page.get_by_role("button", name="Options", exact=True).click()
    page.get_by_text("More settings").click()
    page.get_by_label("Number of answers").fill("3")
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send").click()
    answers = page.get_by_role("group", name="3 answers, side by side").get_by_role("article")
    expect(answers).to_have_count(3)
    return answers


def written(answer: Locator) -> str:
    return answer.locator("[data-part=content]").inner_text()


def test_three_answers_stream_side_by_side_and_one_is_kept(watched: Watched) -> None:
    page = watched.page
    page.set_viewport_size({"width": 1400, "height": 900})
    sign_in(page)
    answers = ask_for_three(page, "What is Chatsite?")
    for answer in answers.all():
        expect(answer.locator("[data-part=content]")).to_contain_text("Chatsite", timeout=20_000)
    # All at one instant: they move while they are written.
    places = answers.evaluate_all(PLACES)
    assert len({left for left, _top in places}) == 3
    assert len({top for _left, top in places}) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for answer in answers.all():
        expect(answer).to_have_attribute("data-state", "completed", timeout=40_000)
    page.reload()
    expect(answers).to_have_count(3)
    second = written(answers.nth(1))
    answers.nth(1).get_by_role("button", name="Keep this one").click()
    last = page.get_by_role("log").get_by_role("article").last
    expect(last).to_contain_text("2/3")
    expect(page.get_by_role("log").get_by_role("article")).to_have_count(2)
    assert written(last) == second
    page.reload()
    expect(last).to_contain_text("2/3")
    last.get_by_role("button", name="Next version").click()
    expect(last).to_contain_text("3/3")


def test_on_a_phone_they_are_wiped_through_and_one_is_kept_while_all_are_written(
    watched: Watched,
) -> None:
    page = watched.page
    sign_in(page)
    page.set_viewport_size({"width": 340, "height": 700})
    answers = ask_for_three(page, "/demo long 40")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    place = answers.first.bounding_box()
    assert place
    assert 240 < place["width"] < 340
    answers.nth(2).get_by_role("button", name="Keep this one").click()
    expect(page.get_by_role("log").get_by_role("article")).to_have_count(2)
    last = page.get_by_role("log").get_by_role("article").last
    expect(last).to_have_attribute("data-state", "running")
    expect(last).to_contain_text("3/3")
    page.get_by_role("button", name="Stop").click()
    expect(last).to_have_attribute("data-state", "stopped")


def test_whoever_just_writes_on_has_kept_the_first(watched: Watched) -> None:
    page = watched.page
    sign_in(page)
    answers = ask_for_three(page, "Hello")
    expect(answers.first).to_have_attribute("data-state", "completed", timeout=40_000)
    page.get_by_label("Number of answers").evaluate("field => (field.value = '')")
    page.get_by_role("textbox", name="Message").fill("And then?")
    page.get_by_role("button", name="Send").click()
    articles = page.get_by_role("log").get_by_role("article")
    expect(articles).to_have_count(4)
    expect(articles.nth(1)).to_contain_text("1/3")
    expect(page.get_by_role("group", name="side by side")).to_have_count(0)
