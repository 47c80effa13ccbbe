"""Every way in which a provider can fail, on the real page: its words, and what to do next."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chat.providers import ErrorCategory
from tests.servers import free_port
from tests.wire import Reply, WireServer, sse, text_chunk

from .conftest import Site, Watched, serving, until
from .failures import CATEGORIES, INTERNAL, error
from .test_main_flow import ask, sign_in

pytestmark = pytest.mark.browser

SETUP = """
import json
from chat.domain.keys import enter_key
from chat.models import LanguageModel, Provider
from chat.providers import Secret
for name, url in json.loads({addresses!r}).items():
    row = Provider.objects.create(name=name, kind="openai_compatible", base_url=url)
    enter_key(row, Secret("sk-test-0123456789"), None)
    LanguageModel.objects.create(provider=row, model_name=name.lower())
"""
QUIETLY = "UPDATE chat_provider SET failures_in_row = 0, failing_since = NULL, next_try_at = NULL"
BY_TESTS_OF_THEIR_OWN = {ErrorCategory.CONNECT_FAILED, ErrorCategory.CANCELLED}

DEMO = {
    "refused key": ("access key was not accepted", "failed", "Regenerate"),
    "broken stream": ("The connection broke", "failed", "Continue, Try again"),
    "length": ("reached its length limit.", "completed", "Continue, Regenerate"),
    "blocked": ("withheld by the provider's safety filter.", "blocked", "Regenerate"),
    "empty": ("The model returned no text.", "completed", "Regenerate"),
}


@pytest.fixture(scope="module")
def scripted() -> Iterator[WireServer]:
    with WireServer(error(500)) as server:
        yield server


@pytest.fixture(scope="module")
def failing_site(scripted: WireServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """With a provider that says what a test wants, and one at a port where nobody listens."""
    closed = free_port()
    addresses = {"Scripted": f"{scripted.url}/v1", "Gone": f"http://127.0.0.1:{closed}/v1"}
    with serving(
        tmp_path_factory.mktemp("failing"),
        SETUP.format(addresses=json.dumps(addresses)),
        PRIVATE_PROVIDERS=f"127.0.0.1:{scripted.port},127.0.0.1:{closed}",
        MAX_SENDS_PER_MINUTE=1000,
        SILENCE_TIMEOUT=2,
    ) as site:
        yield site


@pytest.fixture(scope="module")
def watched_page(browser: Browser, failing_site: Site) -> Iterator[Watched]:
    """One page for all: signing in has a limit, and every start of a page takes its time."""
    context = browser.new_context(base_url=failing_site.origin, locale="en-GB")
    context.set_default_timeout(20_000)
    watched = Watched(context, failing_site.origin)
    sign_in(watched.page)
    yield watched
    context.close()


@pytest.fixture
def page(watched_page: Watched, failing_site: Site) -> Iterator[Page]:
    """No provider is being left alone when a test begins."""
    with closing(sqlite3.connect(failing_site.data / "db.sqlite3", timeout=20)) as connection:
        connection.execute(QUIETLY)
        connection.commit()
    yield watched_page.page
    assert watched_page.complaints == []


def stored_category(site: Site) -> str:
    """Of the newest call."""
    with closing(sqlite3.connect(site.data / "db.sqlite3", timeout=20)) as connection:
        query = "SELECT error_category FROM chat_completion ORDER BY created_at DESC LIMIT 1"
        return str(connection.execute(query).fetchone()[0])


def last(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article").last


def ended(page: Page, provider: str, text: str, state: str = "failed") -> Locator:
    ask(page, provider, text)
    reply = last(page)
    expect(reply).to_have_attribute("data-state", state, timeout=60_000)
    expect(page.get_by_role("log").get_by_role("article").first).to_contain_text(text)
    expect(page.get_by_role("log")).not_to_contain_text(INTERNAL)
    return reply


def steps(reply: Locator) -> str:
    """What is offered to go on with; copying is always there."""
    texts = reply.get_by_role("button").all_inner_texts()
    offered = [re.sub(r"\s*in \d+ s$", "", text.strip()) for text in texts]
    return ", ".join(text for text in offered if text in {"Continue", "Try again", "Regenerate"})


def test_no_category_is_forgotten() -> None:
    assert {*CATEGORIES} | BY_TESTS_OF_THEIR_OWN == set(ErrorCategory)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_failure_says_what_happened_and_who_can_help(
    page: Page, scripted: WireServer, failing_site: Site, category: ErrorCategory
) -> None:
    reply_of_provider, state, words, offered = CATEGORIES[category]
    scripted.play(reply_of_provider)
    reply = ended(page, "Scripted", f"Tell me about {category}", state)
    for part in words.split("|"):
        expect(reply).to_contain_text(part)
    until(page, lambda: steps(reply) == offered)
    assert stored_category(failing_site) == category
    page.reload()
    expect(last(page)).to_contain_text(words.split("|", maxsplit=1)[0])


@pytest.mark.parametrize("word", DEMO)
def test_the_demonstration_shows_its_failures(page: Page, word: str) -> None:
    words, state, offered = DEMO[word]
    reply = ended(page, "OpenAI-compatible", f"/demo {word}", state)
    expect(reply).to_contain_text(words)
    until(page, lambda: steps(reply) == offered)


def test_stopping_is_no_failure_and_keeps_what_was_written(page: Page) -> None:
    ask(page, "OpenAI-compatible", "/demo long")
    expect(page.locator(".turn-reply .block").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(last(page)).to_have_attribute("data-state", "stopped")
    until(page, lambda: steps(last(page)) == "Continue, Try again")


def test_another_model_answers_where_the_first_cannot(page: Page, scripted: WireServer) -> None:
    scripted.play(error(401))
    reply = ended(page, "Scripted", "What is Chatsite?")
    picker = page.get_by_role("combobox", name="Model")
    option = picker.locator("optgroup[label*='Gray Swan'] option").first
    picker.select_option(value=str(option.get_attribute("value")))
    reply.get_by_role("button", name="Regenerate").click()
    expect(last(page)).to_have_attribute("data-state", "completed", timeout=60_000)
    expect(last(page)).to_contain_text("Cygnet")
    expect(page.get_by_role("log").get_by_role("article")).to_have_count(2)


def test_trying_again_after_a_failure_brings_the_answer(page: Page, scripted: WireServer) -> None:
    scripted.play(error(500))
    reply = ended(page, "Scripted", "Once more, please")
    scripted.play(Reply(sse(text_chunk("Here it is.", "stop"), "[DONE]")))
    reply.get_by_role("button", name="Try again").click()
    expect(last(page)).to_have_attribute("data-state", "completed")
    expect(last(page)).to_contain_text("Here it is.")


def seconds_left(button: Locator) -> int:
    expect(button).to_be_disabled()
    expect(button).to_have_text(re.compile(r"^Try again in \d+ s$"))
    return int(re.sub(r"\D", "", button.inner_text()))


def test_a_busy_provider_is_left_in_peace_until_it_wants_to_be_asked(
    page: Page, scripted: WireServer
) -> None:
    """Also over a reload; only the end of the wait is read out."""
    scripted.play(error(429, Retry_After="12"))
    reply = ended(page, "Scripted", "Are you busy?")
    button = reply.get_by_role("button", name="Try again", exact=True)
    first = seconds_left(button)
    page.reload()
    button = last(page).get_by_role("button", name="Try again", exact=True)
    assert seconds_left(button) <= first
    expect(page.locator("#announcer")).to_have_text("")
    expect(button).to_be_enabled(timeout=40_000)
    expect(last(page)).to_contain_text("The provider was busy. You can try again now.")
    expect(page.locator("#announcer")).to_have_text("The provider was busy. You can try again now.")
    page.reload()
    expect(last(page)).to_contain_text("The provider was busy. You can try again now.")
    scripted.play(Reply(sse(text_chunk("Here it is.", "stop"), "[DONE]")))
    button.click()
    expect(last(page)).to_contain_text("Here it is.")


def test_a_provider_out_of_reach_is_left_alone_and_the_text_is_kept(
    page: Page, failing_site: Site
) -> None:
    for number in range(3):
        reply = ended(page, "Gone", f"Is anybody there? {number}")
        expect(reply).to_contain_text("The provider could not be reached.")
        assert steps(reply) == "Try again"
        assert stored_category(failing_site) == ErrorCategory.CONNECT_FAILED
    ask(page, "Gone", "My long and careful text")
    expect(page.get_by_role("alert")).to_contain_text("Gone has not been answering, and is tried")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("My long and careful text")
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("My long and careful text")
    expect(page.locator("option", has_text="gone – not answering")).to_have_count(1)
    page.get_by_role("combobox", name="Model").select_option(label="gone – not answering")
    expect(page.locator("#model-warning")).to_contain_text("Gone has not been answering since")
