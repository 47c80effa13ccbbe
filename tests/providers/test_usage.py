"""Token counts as providers report them, merged."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers.events import Usage
from chat.providers.usage import merge_usage, usage_of


def test_the_last_known_number_of_each_field_wins() -> None:
    first = merge_usage(None, {"prompt_tokens": 8, "completion_tokens": 1, "total_tokens": 9})
    second = merge_usage(first, {"prompt_tokens": None, "completion_tokens": 5})
    assert second == Usage(8, 5, 9, mismatch=True)


def test_zeros_never_replace_something() -> None:
    known = Usage(8, 9, 17)
    zeros = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert merge_usage(known, zeros) == known


@pytest.mark.parametrize("raw", [None, {}, [], "x", 5, {"prompt_tokens": None}])
def test_nothing_known_is_no_usage(raw: Any) -> None:
    assert merge_usage(None, raw) is None


@pytest.mark.parametrize("count", [-1, 1.5, True, "8", 2**53, float("nan"), float("inf"), [8], {}])
def test_a_number_that_cannot_be_a_count_is_unknown(count: Any) -> None:
    assert merge_usage(None, {"prompt_tokens": count, "total_tokens": 3}) == Usage(total=3)


def test_an_integral_float_is_a_count() -> None:
    assert merge_usage(None, {"prompt_tokens": 8.0}) == Usage(prompt=8)


def test_details_of_odd_shape_are_unknown() -> None:
    raw = {"prompt_tokens": 8, "prompt_tokens_details": 5, "completion_tokens_details": None}
    assert merge_usage(None, raw) == Usage(prompt=8)


def test_the_usage_of_a_chunk_is_found_in_both_places() -> None:
    assert usage_of({"usage": {"a": 1}, "x_groq": {"usage": {"b": 2}}}) == {"a": 1}
    assert usage_of({"usage": None, "x_groq": {"usage": {"b": 2}}}) == {"b": 2}
    assert usage_of({"x_groq": "x"}) is None
