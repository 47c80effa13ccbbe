"""Where a proxy lets no socket through, the same page works over plain requests."""

import pytest
from playwright.sync_api import expect

from .conftest import Watched
from .test_main_flow import ask, sign_in

pytestmark = pytest.mark.browser

NO_SOCKETS = """
window.WebSocket = class extends EventTarget {
  static CONNECTING = 0; static OPEN = 1; static CLOSING = 2; static CLOSED = 3;
  readyState = 0;
  constructor() {
    super();
    setTimeout(() => {
      this.readyState = 3;
      this.dispatchEvent(new CloseEvent("close", { code: 1006 }));
    }, 20);
  }
  send() {}
  close() {}
};
"""


def test_an_answer_streams_and_can_be_stopped_without_any_socket(watched: Watched) -> None:
    page = watched.page
    page.add_init_script(NO_SOCKETS)
    sign_in(page)
    ask(page, "OpenAI-compatible", "/demo long 40")
    reply = page.get_by_role("log").get_by_role("article").last
    expect(reply).to_contain_text("Paragraph 1", timeout=30_000)
    expect(reply).to_have_attribute("data-state", "running")
    page.reload()
    expect(reply).to_contain_text("Paragraph 2", timeout=30_000)
    page.get_by_role("button", name="Stop").click()
    expect(reply).to_have_attribute("data-state", "stopped", timeout=10_000)
