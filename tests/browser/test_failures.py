"""Every way in which a provider can fail, on the real page: its words, and what to do next."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.servers import free_port
from tests.wire import Reply, WireServer, json_reply, sse, text_chunk

from .conftest import Site, Watched, serving
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
# Never on a page: what a provider writes into its errors.
INTERNAL = "internal-model-group-7"

ADMINISTRATOR = "Trying again does not help until an administrator has looked at it."
EDIT = "Your message is kept: edit it and send it again, or choose another model."
KEPT = "This answer begins like any other."


def error(status: int, code: str = "", message: str = INTERNAL, **headers: str) -> Reply:
    """Without the pauses of our own retries."""
    body = {"error": {"message": message, "type": "", "code": code}}
    return json_reply(body, status, **{"x_should_retry": "false", **headers})


SCRIPTED = {
    "auth": (error(401), f"access key was not accepted.|{ADMINISTRATOR}"),
    "quota": (error(402), f"The usage limit for this provider is reached. {ADMINISTRATOR}"),
    "forbidden": (error(403), f"not allowed with the current plan or settings. {ADMINISTRATOR}"),
    "not_found": (error(404), f"does not exist at this provider. {ADMINISTRATOR}"),
    "misconfigured": (error(302), f"The provider is not set up correctly. {ADMINISTRATOR}"),
    "invalid_request": (error(400), f"The provider rejected this request. {EDIT}"),
    "too_long": (error(400, "context_length_exceeded"), "too long for the model."),
    "content_blocked": (error(400, "content_filter"), f"filter blocked this message. {EDIT}"),
    "too_large": (error(413), f"The message is too large for this provider. {EDIT}"),
    "busy": (error(429, Retry_After="90"), "The provider is busy. Try again in 90 seconds."),
    "timeout": (error(504), "The provider took too long to answer."),
    "internal": (error(500), "The provider had an internal problem."),
    "empty": (Reply(sse({"choices": []}, "[DONE]")), "The provider returned an empty answer."),
    "unreadable": (Reply([b"data: {oops\n\n"]), "sent an answer this app could not read."),
}
AGAIN = {"busy", "timeout", "internal", "empty", "unreadable"}

DEMO = {
    "refused key": ("access key was not accepted", "failed", ["Regenerate"]),
    "exhausted": ("The usage limit for this provider is reached.", "failed", ["Regenerate"]),
    "busy": ("The provider is busy. Try again in 7 seconds.", "failed", ["Try again"]),
    "error": ("The provider had an internal problem.", "failed", ["Try again"]),
    "unreadable": ("The provider", "failed", ["Try again"]),
    "broken stream": ("The connection broke", "failed", ["Continue", "Try again"]),
    "truncated": ("The answer was cut off.", "failed", ["Continue", "Try again"]),
    "stall": ("The provider stopped responding.", "failed", ["Continue", "Try again"]),
    "length": ("reached its length limit.", "completed", ["Continue", "Regenerate"]),
    "blocked": ("safety filter blocked this message.", "blocked", ["Regenerate"]),
    "empty": ("The model returned no text.", "completed", ["Regenerate"]),
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
    ) as site:
        yield site


@pytest.fixture(scope="module")
def session(browser: Browser, failing_site: Site) -> dict[str, object]:
    """Signed in once: signing in has a limit."""
    context = browser.new_context(base_url=failing_site.origin, locale="en-GB")
    sign_in(context.new_page())
    state = dict(context.storage_state())
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, failing_site: Site, session: dict[str, object]) -> Iterator[Page]:
    """No provider is being left alone when a test begins."""
    with closing(sqlite3.connect(failing_site.data / "db.sqlite3", timeout=20)) as connection:
        connection.execute(QUIETLY)
        connection.commit()
    context: BrowserContext = browser.new_context(
        base_url=failing_site.origin,
        locale="en-GB",
        storage_state=session,  # type: ignore[arg-type]
    )
    context.set_default_timeout(20_000)
    watched = Watched(context, failing_site.origin)
    watched.page.goto("/")
    yield watched.page
    context.close()
    assert watched.complaints == []


def last(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article").last


def ended(page: Page, provider: str, text: str, state: str = "failed") -> Locator:
    ask(page, provider, text)
    reply = last(page)
    expect(reply).to_have_attribute("data-state", state, timeout=60_000)
    expect(page.get_by_role("log").get_by_role("article").first).to_contain_text(text)
    expect(page.get_by_role("log")).not_to_contain_text(INTERNAL)
    return reply


def steps(reply: Locator) -> list[str]:
    """What is offered to go on with; copying is always there."""
    offered = [text.strip() for text in reply.get_by_role("button").all_inner_texts()]
    return [text for text in offered if text in {"Continue", "Try again", "Regenerate"}]


@pytest.mark.parametrize("category", SCRIPTED)
def test_a_failure_says_what_happened_and_who_can_help(
    page: Page, scripted: WireServer, category: str
) -> None:
    reply_of_provider, words = SCRIPTED[category]
    scripted.play(reply_of_provider)
    state = "blocked" if category == "content_blocked" else "failed"
    reply = ended(page, "Scripted", f"Tell me about {category}", state)
    for part in words.split("|"):
        expect(reply).to_contain_text(part)
    assert steps(reply) == ["Try again" if category in AGAIN else "Regenerate"]
    page.reload()
    expect(last(page)).to_contain_text(words.split("|", maxsplit=1)[0])


@pytest.mark.parametrize("word", DEMO)
def test_the_demonstration_shows_its_failures(page: Page, word: str) -> None:
    words, state, offered = DEMO[word]
    reply = ended(page, "OpenAI-compatible", f"/demo {word}", state)
    expect(reply).to_contain_text(words)
    assert steps(reply) == offered
    if "Continue" in offered:
        expect(reply.locator("[data-part=content]")).to_contain_text(KEPT)


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


def test_a_provider_out_of_reach_is_left_alone_and_the_text_is_kept(page: Page) -> None:
    for number in range(3):
        reply = ended(page, "Gone", f"Is anybody there? {number}")
        expect(reply).to_contain_text("The provider could not be reached.")
        assert steps(reply) == ["Try again"]
    ask(page, "Gone", "My long and careful text")
    expect(page.get_by_role("alert")).to_contain_text("Gone has not been answering, and is tried")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("My long and careful text")
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("My long and careful text")
    expect(page.locator("option", has_text="gone – not answering")).to_have_count(1)
    page.get_by_role("combobox", name="Model").select_option(label="gone – not answering")
    expect(page.locator("#model-warning")).to_contain_text("Gone has not been answering since")
