"""Addresses a reply may link to, shown so that nobody opens a host unseen."""

import re
from dataclasses import dataclass
from html import escape

from .characters import is_plain_to_see, reveal
from .limits import ADDRESS

# No percent signs, backslashes or blanks in the host: browsers and servers disagree about those.
_WEB = re.compile(
    r"(https?)://(?:[^\s/?#\\@]*@)?([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?([/?#][^\x00-\x1f\\]*)?",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?:mailto:)?([^\s<>@?&\"]{1,64}@[\w.-]{1,255})(?:\?.*)?", re.IGNORECASE | re.DOTALL
)
_BARE = re.compile(r"\bhttps?://[^\s<>\"'`\\]+", re.IGNORECASE)
_TRAILING = ".,;:!?*_~]\u2019\u201d\u00bb\u2026\u3002\uff0c"


@dataclass(frozen=True, slots=True)
class Target:
    """`shown` is what must be readable before the click: the host, or the mail address."""

    href: str
    shown: str

    def is_told_by(self, text: str) -> bool:
        bare = re.sub(r"^(https?://|mailto:)", "", text.strip().lower())
        rest = bare.removeprefix(self.shown)
        return rest != bare and (not rest or rest[0] in "/?#:")


def target_of(address: str) -> Target | None:
    """Nothing for an address that is not http, https or mailto, or that hides something."""
    if len(address) > ADDRESS or not is_plain_to_see(address):
        return None
    if web := _WEB.fullmatch(address):
        return _web_target(*web.groups(default=""))
    if address.lower().startswith("mailto:") and (mail := _MAIL.fullmatch(address)):
        return Target(f"mailto:{mail[1]}", mail[1].lower())
    return None


def mail_target(address: str) -> Target | None:
    return target_of(f"mailto:{address}")


def anchor(target: Target, inner: str, text: str) -> str:
    """`inner` is the HTML to click on, `text` the same as a reader sees it."""
    link = f'<a href="{escape(target.href)}">{inner or escape(target.shown)}</a>'
    if not inner or target.is_told_by(text):
        return link
    return f'{link}<span class="link-host"> ({escape(target.shown)})</span>'


def linkify(text: str) -> str:
    """Escapes plain text and makes the web addresses in it clickable."""
    if "://" not in text:
        return escape(text, quote=False)
    parts, position = [], 0
    for match in _BARE.finditer(text):
        address = _without_trailing(match[0])
        if target := target_of(address):
            parts.append(escape(text[position : match.start()], quote=False))
            parts.append(anchor(target, escape(reveal(address), quote=False), address))
            position = match.start() + len(address)
    parts.append(escape(text[position:], quote=False))
    return "".join(parts)


def _web_target(scheme: str, host: str, port: str, path: str) -> Target | None:
    try:
        # What is shown is what the browser will ask for: a look-alike letter becomes xn--…
        ascii_host = host.encode("idna").decode().lower()
    except UnicodeError:
        return None
    return Target(f"{scheme.lower()}://{ascii_host}{port}{path}", ascii_host)


def _without_trailing(address: str) -> str:
    """A sentence's full stop, or a bracket around the address, is not part of it."""
    spare = address.count(")") - address.count("(")
    end = len(address)
    while end and (address[end - 1] in _TRAILING or (address[end - 1] == ")" and spare > 0)):
        spare -= address[end - 1] == ")"
        end -= 1
    return address[:end]
