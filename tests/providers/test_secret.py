"""A key that shows nowhere."""

from __future__ import annotations

import pickle

import pytest

from chat.providers import Endpoint, InvalidSecret, Secret

KEY = "sk-test-0123456789"


def test_a_key_shows_in_no_way_but_one() -> None:
    secret = Secret(f"  {KEY}\n")
    shown = f"{secret} {secret!r} {[secret]} {Endpoint('k', 'u', secret)}"
    assert KEY not in shown
    assert secret.reveal() == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        "a" * 513,
        "sk-0123\n456789",
        "sk-0123\r\nX-Header: 1",
        "sk-0123\x00456789",
        "sk-éèà-0123456",
        "sk-0123…456789",
        "sk 0123 456789",
    ],
)
def test_what_cannot_be_a_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidSecret) as caught:
        Secret(text)
    assert not text or text not in str(caught.value)


def test_a_key_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(KEY))


def test_keys_are_equal_by_value() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert len({Secret(KEY), Secret(KEY), Secret(KEY + "x")}) == 2
