"""A real page in a real browser, with a hostile provider, hostile people and hostile neighbours."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from tests.security.payloads import ALL, MARKUP
from tests.security.watch import Watch
from tests.sites import EMAIL, PASSWORD, Site, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fresh_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Of its own: what is written there, names of models among them, is not for other tests."""
    with serving(tmp_path_factory.mktemp("hostile")) as site:
        yield site


@pytest.fixture
def watch(browser: Browser, fresh_site: Site) -> Iterator[Watch]:
    """Signed in; fails the test when anything of an attack worked."""
    context = browser.new_context(locale="en-GB")
    watching = Watch(context, fresh_site.origin)
    watching.sign_in(EMAIL, PASSWORD)
    yield watching
    problems = watching.found()
    context.close()
    assert problems == []


def ask(watch: Watch, text: str) -> None:
    """Sends the text to the demonstration's plain dialect, and waits for the end of the answer."""
    page = watch.page
    with page.expect_navigation():
        page.get_by_role("button", name="New conversation").click()
    picker = page.get_by_role("combobox", name="Model")
    option = picker.locator("optgroup[label*='OpenAI'] option").first
    picker.select_option(value=str(option.get_attribute("value")))
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_url(re.compile("/c/"))


def ended(watch: Watch) -> None:
    reply = watch.page.get_by_role("log").get_by_role("article").last
    expect(reply).to_have_attribute("data-state", "completed", timeout=40_000)


def change(site: Site, query: str, *values: object) -> None:
    with closing(sqlite3.connect(site.data / "db.sqlite3", timeout=20)) as connection:
        connection.execute(query, values)
        connection.commit()


def test_a_hostile_answer_harms_nothing_while_it_streams_and_after(watch: Watch) -> None:
    ask(watch, "/demo hostile")
    reply = watch.page.get_by_role("log").get_by_role("article").last
    expect(reply).to_contain_text("iframe")
    assert watch.found() == []
    ended(watch)
    assert watch.found() == []
    shown = reply.locator(".prose[data-part=content]").inner_text()
    watch.page.reload()
    reply = watch.page.get_by_role("log").get_by_role("article").last
    assert reply.locator(".prose[data-part=content]").inner_text() == shown
    assert "<script>" in shown


def test_every_known_payload_in_an_answer_is_harmless(watch: Watch, fresh_site: Site) -> None:
    ask(watch, "Hello")
    ended(watch)
    where = watch.page.url.rstrip("/").rsplit("/", 1)[1].replace("-", "")
    query = "UPDATE chat_message SET content = ?, reasoning = ? WHERE role = 'assistant'"
    change(fresh_site, f"{query} AND conversation_id = ?", ALL, ALL, where)
    watch.page.reload()
    reply = watch.page.get_by_role("log").get_by_role("article").last
    expect(reply).to_contain_text("attacked(1)")
    reply.locator("summary").first.click()
    for link in reply.locator("a").all():
        assert (link.get_attribute("rel") or "").split() == ["noopener", "noreferrer", "nofollow"]
    watch.page.wait_for_timeout(500)


def test_what_people_type_is_harmless_everywhere_it_is_shown(
    watch: Watch, fresh_site: Site
) -> None:
    """As a message, a title and a name; in the pages, the sidebar and the administration."""
    page = watch.page
    ask(watch, ALL[:20_000])
    expect(page.get_by_role("log")).to_contain_text("attacked(1)")
    ended(watch)
    payload = f"{MARKUP[0]}{MARKUP[3]}\"'><svg onload=attacked(1)>"
    change(fresh_site, "UPDATE chat_conversation SET title = ?", payload)
    for table in ("user", "provider", "languagemodel"):
        column = "label" if table == "languagemodel" else "name"
        change(
            fresh_site,
            f"UPDATE chat_{table} SET {column} = ? WHERE id = (SELECT min(id) FROM chat_{table})",
            payload[:90],
        )
    for path in (
        "/",
        "/preferences/",
        "/usage/",
        "/admin/",
        "/admin/chat/user/",
        "/admin/chat/user/1/change/",
        "/admin/chat/user/1/history/",
        "/admin/chat/provider/",
        "/admin/chat/languagemodel/",
        "/admin/chat/conversation/",
        "/admin/usage/",
        "/nothing/",
    ):
        page.goto(f"{watch.origin}{path}")
        assert watch.found() == [], path


def test_the_watch_would_notice(browser: Browser, fresh_site: Site) -> None:
    """Everything else here would hold for a watch that sleeps, too."""
    context = browser.new_context()
    watching = Watch(context, fresh_site.origin)
    watching.page.goto(f"{fresh_site.origin}/accounts/login/")
    assert watching.found() == []
    watching.page.evaluate("(markup) => document.body.insertAdjacentHTML('beforeend', markup)", BAD)
    watching.page.wait_for_function("() => window.broken.length > 1")
    problems = watching.found()
    context.close()
    assert {"element img", "img onerror=attacked(1)"} <= set(problems)
    assert any("https://evil.example" in problem for problem in problems)


BAD = """<div role=log><div class=block>
<img src="https://evil.example/leak" onerror="attacked(1)"></div></div>"""


class Neighbour(BaseHTTPRequestHandler):
    """A page of somebody else on another port of this very host, without any policy."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Neighbour</title>")

    def log_message(self, *_: object) -> None:
        """pytest shows what is printed."""


@contextmanager
def neighbour() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Neighbour)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


TRY_SOCKET = """(address) => new Promise((done) => {
  const socket = new WebSocket(address);
  socket.onopen = () => { done("open"); socket.close(); };
  socket.onmessage = (event) => done(event.data);
  socket.onclose = (event) => done(`closed ${event.code}`);
})"""
TRY_SANDBOX = """(address) => new Promise((done) => {
  addEventListener("message", (event) => done(event.data));
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts";
  frame.srcdoc = `<script>
    const socket = new WebSocket("${address}");
    socket.onopen = () => parent.postMessage("open", "*");
    socket.onclose = (event) => parent.postMessage("closed " + event.code, "*");
  </` + "script>";
  document.body.append(frame);
})"""
TRY_POST = """(address) => fetch(address, {
  method: "POST", mode: "no-cors", credentials: "include",
  headers: {"Content-Type": "application/x-www-form-urlencoded"},
  body: "name=Taken&language=de",
}).then(() => "sent", () => "sent, the answer is unreadable")"""
TRY_READ = """(address) => fetch(address, {credentials: "include"})
  .then((answer) => answer.text(), () => "unreadable")"""
TRY_FRAME = """(address) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.src = address;
  frame.onload = () => {
    try { done(frame.contentDocument ? "readable" : "blank"); } catch { done("blank"); }
  };
  document.body.append(frame);
})"""


def test_a_neighbours_page_gets_nothing_of_a_signed_in_person(
    browser: Browser, fresh_site: Site
) -> None:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(20_000)
    mine = Watch(context, fresh_site.origin)
    mine.sign_in(EMAIL, PASSWORD)
    context.unroute("**/*")
    socket = f"{fresh_site.origin.replace('http', 'ws', 1)}/live/"
    opened = mine.page.evaluate(TRY_SOCKET, socket)
    assert opened == "open", "our own page must be able to"
    with neighbour() as port:
        for host in ("127.0.0.1", "localhost"):
            page = context.new_page()
            page.goto(f"http://{host}:{port}/")
            assert page.evaluate(TRY_SOCKET, socket) == "closed 1006"
            assert page.evaluate(TRY_SANDBOX, socket) == "closed 1006"
            page.evaluate(TRY_POST, f"{fresh_site.origin}/preferences/")
            page.evaluate(TRY_POST, f"{fresh_site.origin}/accounts/logout/")
            assert page.evaluate(TRY_READ, f"{fresh_site.origin}/") == "unreadable"
            assert page.evaluate(TRY_FRAME, f"{fresh_site.origin}/preferences/") == "blank"
    mine.page.goto(f"{fresh_site.origin}/preferences/")
    expect(mine.page.get_by_label("Your name")).not_to_have_value("Taken")
    context.close()
