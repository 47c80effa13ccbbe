"""What errors of providers are taken for."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers.envelope import Envelope, read_envelope, read_message
from chat.providers.taxonomy import categorise

LONG = "This model's maximum context length is 8192 tokens"


@pytest.mark.parametrize(
    ("status", "body", "category"),
    [
        (401, {"error": "Unauthenticated"}, "auth"),
        (403, {"error": "Subscription amount limit has been reached"}, "quota_exhausted"),
        (403, {"detail": "Not authenticated"}, "auth"),
        (403, {"error": {"message": "Country not supported"}}, "forbidden"),
        (403, {"error": {"message": "your input was flagged"}}, "content_blocked"),
        (402, {}, "quota_exhausted"),
        (429, {"error": {"message": "x", "type": "insufficient_quota"}}, "quota_exhausted"),
        (429, {"error": {"message": "too many tokens per minute"}}, "rate_limited"),
        (400, {"error": {"message": LONG}}, "context_too_long"),
        (400, {"error": {"message": "x", "code": "context_length_exceeded"}}, "context_too_long"),
        (413, {"error": "Request Entity Too Large"}, "request_too_large"),
        (400, {"error": {"message": "x", "code": "model_not_found"}}, "not_found"),
        (404, {}, "not_found"),
        (405, {}, "not_found"),
        (409, {}, "invalid_request"),
        (415, {}, "invalid_request"),
        (408, {}, "upstream_timeout"),
        (504, {}, "upstream_timeout"),
        (524, {}, "upstream_timeout"),
        (500, {"message": "Server Error"}, "upstream_error"),
        (529, {"error": {"type": "overloaded_error"}}, "upstream_error"),
        (302, {}, "misconfigured"),
        (200, {"error": {"message": "x", "code": "429"}}, "rate_limited"),
        (200, {"error": {"message": "x", "code": 403}}, "forbidden"),
        (200, {"error": {"message": LONG}}, "context_too_long"),
        (200, {"error": {"type": "overloaded_error", "message": "Overloaded"}}, "upstream_error"),
        (200, {"error": "Unauthenticated"}, "auth"),
        (200, {"error": {"type": "invalid_request_error"}}, "invalid_request"),
    ],
)
def test_it_names_the_trouble(status: int, body: Any, category: str) -> None:
    assert categorise(status, read_message(body)) == category


@pytest.mark.parametrize(
    ("body", "envelope"),
    [
        (
            {"error": {"message": "m", "code": 5, "type": "t"}},
            Envelope("m", "5", "t"),
        ),
        ({"error": "text", "message": "m"}, Envelope("m", "text")),
        ({"error": True, "detail": "d", "error_code": "e"}, Envelope("d", "e")),
        ({"object": "error", "message": "m", "code": 400}, Envelope("m", "400")),
        ({"type": "error", "error": {"message": "m"}}, Envelope("m")),
        (
            {"message": "m", "errors": {"files.0": ["x"], "model": ["y"]}},
            Envelope("m", fields=("files.0", "model")),
        ),
        ({"detail": "d"}, Envelope("d")),
        (
            {"detail": [{"loc": ["body", "messages"], "msg": "field required"}]},
            Envelope("field required", fields=("messages",)),
        ),
        (
            {"object": "error", "message": {"detail": [1]}},
            Envelope('{"detail": [1]}'),
        ),
        ({"detail": []}, Envelope("[]")),
    ],
)
def test_it_finds_the_error_in_every_envelope(body: Any, envelope: Envelope) -> None:
    assert read_envelope(body) == envelope


@pytest.mark.parametrize("nothing", [None, "", False, {}, [], 0])
def test_an_empty_error_is_none(nothing: Any) -> None:
    assert read_envelope({"error": nothing, "id": "x"}) is None


@pytest.mark.parametrize("body", [None, [], "text", 5, {"message": "m"}])
def test_other_bodies_hold_no_error(body: Any) -> None:
    assert read_envelope(body) is None


def test_control_signs_do_not_reach_the_log() -> None:
    assert read_message("a\x1b[31m\nb\u202ec") == Envelope("a [31m b c")
