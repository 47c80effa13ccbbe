"""Before anyone follows a link, the host it leads to can be read."""

import pytest

from chat.rendering import render
from chat.rendering.links import Target, linkify, target_of

REL = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("address", "href", "shown"),
    [
        ("https://a.example/x?y=z#w", "https://a.example/x?y=z#w", "a.example"),
        ("HTTP://A.Example:8080", "http://a.example:8080", "a.example"),
        ("https://bank.example@evil.example/x", "https://evil.example/x", "evil.example"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://\u0430pple.example/", "https://xn--pple-43d.example/", "xn--pple-43d.example"),
        ("http://[::1]:80/", "http://[::1]:80/", "[::1]"),
        ("mailto:Me@Example.org?bcc=evil@x.y", "mailto:Me@Example.org", "me@example.org"),
    ],
)
def test_a_target_tells_its_host(address: str, href: str, shown: str) -> None:
    assert target_of(address) == Target(href, shown)


@pytest.mark.parametrize(
    "address",
    [
        "", "x", "/x", "//a.example", "javascript:alert(1)", "data:text/html,x", "file:///x",
        "https:a.example", "https:/a.example", "https://", "https://a.example\\@b.example",
        "https://a%2eexample", "https://a.example\u200b/", "https://a.example/\u202ex",
        "https://a b.example", "https://\u3002", "mailto:", "mailto:x", " https://a.example",
        "https://a.example/" + "x" * 3000,
    ],
)  # fmt: skip
def test_an_address_that_hides_something_is_no_target(address: str) -> None:
    assert target_of(address) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://a.example/x", True),
        ("a.example", True),
        ("A.Example/path", True),
        ("here", False),
        ("see a.example", False),
        ("b.example a.example", False),
        ("https://b.example/a.example", False),
        ("a.example.evil.example", False),
        ("", False),
    ],
)
def test_a_link_is_told_by_its_text_only_when_the_host_comes_first(text: str, told: bool) -> None:
    assert Target("https://a.example", "a.example").is_told_by(text) is told


def test_a_disguised_link_shows_where_it_leads() -> None:
    assert render("[https://bank.example](https://evil.example/?data=1)") == [
        f'<p><a href="https://evil.example/?data=1" {REL}>https://bank.example</a>'
        '<span class="link-host"> (evil.example)</span></p>'
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("(see https://a.example/x_(y)).", "https://a.example/x_(y)"),
        ("https://a.example/x, and", "https://a.example/x"),
        ("\u201chttps://a.example/\u201d", "https://a.example/"),
        ("https://a.example/?a=b&c=d!", "https://a.example/?a=b&c=d"),
    ],
)
def test_a_bare_address_ends_before_the_punctuation(text: str, address: str) -> None:
    escaped = address.replace("&", "&amp;")
    link = f'<a href="{escaped}">{escaped}</a>'
    assert linkify(text) == link.join(part.replace("&", "&amp;") for part in text.split(address))


def test_text_without_an_address_is_only_escaped() -> None:
    assert linkify("a < b & c :// d") == "a &lt; b &amp; c :// d"
