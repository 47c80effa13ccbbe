"""A browser that notes everything an attack would need to have worked."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, Route

# Runs before the page's own scripts, and is told to nobody but this test.
HOOK = """
window.ran = [];
for (const name of ["alert", "prompt", "confirm", "open", "print"]) {
  window[name] = (...words) => window.ran.push(`${name}: ${words}`);
}
window.attacked = (...words) => window.ran.push(`attacked: ${words}`);
window.broken = [];
addEventListener("securitypolicyviolation", (event) => {
  window.broken.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""

ALLOWED = re.compile(
    "a|blockquote|br|button|code|del|details|div|em|h[1-6]|hr|input|li|ol|p|pre|s|section|span"
    "|strong|sub|sup|summary|table|tbody|td|th|thead|tr|ul"
)

# Elements and attributes of everything inside the messages of the page.
LOOK = """() => [...document.querySelectorAll("[role=log] .block *")].map((it) => [
  it.localName, it.namespaceURI.split("/").pop(),
  [...it.attributes].map((one) => [one.name, one.value]),
])"""


@dataclass
class Watch:
    """`page` is where a person is signed in; what it does wrong is in `complaints`."""

    context: BrowserContext
    origin: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(HOOK)
        self.context.route("**/*", self._route)
        self.page: Page = self.context.new_page()
        self.context.on("page", lambda page: self.complaints.append(f"window: {page.url}"))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.page.on("download", lambda file: self.complaints.append(f"download: {file.url}"))

    def _route(self, route: Route) -> None:
        if route.request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            route.continue_()
        else:
            self.complaints.append(f"left the origin: {route.request.url}")
            route.abort()

    def sign_in(self, email: str, password: str) -> None:
        self.page.goto(f"{self.origin}/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("textbox", name="Message").wait_for()

    def found(self) -> list[str]:
        """Everything that must not have happened on the page that is open now."""
        ran, broken = self.page.evaluate("() => [window.ran, window.broken]")
        problems = [*self.complaints, *ran, *broken]
        if self.page.title() == "attacked":
            problems.append("the title was changed")
        if not self.page.url.startswith(f"{self.origin}/"):
            problems.append(f"the page went to {self.page.url}")
        return problems + self._strange_elements()

    def _strange_elements(self) -> list[str]:
        problems = []
        for name, space, attributes in self.page.evaluate(LOOK):
            if space == "xhtml" and not ALLOWED.fullmatch(name):
                problems.append(f"element {name}")
            elif space not in ("xhtml", "MathML"):
                problems.append(f"element {name} of {space}")
            for attribute, value in attributes:
                if _is_strange(attribute, value):
                    problems.append(f"{name} {attribute}={value}")
        return problems


def _is_strange(attribute: str, value: str) -> bool:
    if attribute in ("href", "xlink:href"):
        return not value.startswith(("http://", "https://", "mailto:"))
    forbidden = ("on", "hx-", "data-hx-", "form", "style", "src", "srcdoc", "action", "is")
    names = ("id", "name", "background", "ping", "poster", "slot", "part")
    return attribute.startswith(forbidden) or attribute in names
