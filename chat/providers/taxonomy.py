"""From a status and an error envelope to one of our categories."""

from __future__ import annotations

import re

from chat.providers.envelope import Envelope
from chat.providers.events import ErrorCategory

Category = ErrorCategory

# What a person may usefully try again without changing anything.
RETRYABLE = frozenset(
    (
        Category.RATE_LIMITED,
        Category.CONNECT_FAILED,
        Category.UPSTREAM_TIMEOUT,
        Category.UPSTREAM_ERROR,
        Category.BAD_RESPONSE,
        Category.EMPTY_RESPONSE,
        Category.STREAM_TRUNCATED,
        Category.STREAM_INTERRUPTED,
        Category.STREAM_STALLED,
    )
)

_STATUSES = {
    401: Category.AUTH,
    402: Category.QUOTA_EXHAUSTED,
    403: Category.FORBIDDEN,
    404: Category.NOT_FOUND,
    405: Category.NOT_FOUND,
    408: Category.UPSTREAM_TIMEOUT,
    410: Category.NOT_FOUND,
    413: Category.REQUEST_TOO_LARGE,
    429: Category.RATE_LIMITED,
    504: Category.UPSTREAM_TIMEOUT,
    524: Category.UPSTREAM_TIMEOUT,
}

_CODES = {
    "insufficient_quota": Category.QUOTA_EXHAUSTED,
    "billing_hard_limit_reached": Category.QUOTA_EXHAUSTED,
    "billing_not_active": Category.QUOTA_EXHAUSTED,
    "insufficient_balance": Category.QUOTA_EXHAUSTED,
    "content_filter": Category.CONTENT_BLOCKED,
    "content_policy_violation": Category.CONTENT_BLOCKED,
    "moderation_blocked": Category.CONTENT_BLOCKED,
    "context_length_exceeded": Category.CONTEXT_TOO_LONG,
    "model_not_found": Category.NOT_FOUND,
    "not_found_error": Category.NOT_FOUND,
    "rate_limit_error": Category.RATE_LIMITED,
    "rate_limit_exceeded": Category.RATE_LIMITED,
    "invalid_api_key": Category.AUTH,
    "authentication_error": Category.AUTH,
    "unauthenticated": Category.AUTH,
    "permission_error": Category.FORBIDDEN,
    "request_too_large": Category.REQUEST_TOO_LARGE,
    "invalid_request_error": Category.INVALID_REQUEST,
    "timeout": Category.UPSTREAM_TIMEOUT,
}
# These say more than the status they come with.
_OVERRIDING = frozenset(
    (Category.QUOTA_EXHAUSTED, Category.CONTENT_BLOCKED, Category.CONTEXT_TOO_LONG)
)

_TOO_LONG = re.compile(
    r"context_length_exceeded|maximum context length|context window|context length"
    r"|too many tokens|reduce the length",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"moderation|flagged|content[ _](?:filter|policy|management)|safety (?:filter|system)",
    re.IGNORECASE,
)
_QUOTA = re.compile(
    r"limit has been reached|insufficient (?:credit|balance|quota|funds)|exceeded your .*quota",
    re.IGNORECASE,
)
_NO_SUCH_MODEL = re.compile(r"model\b.{0,80}(?:does not exist|not found)", re.IGNORECASE)


def categorise(status: int, envelope: Envelope) -> Category:
    """`status` 200 means the error came inside an answer that had begun well."""
    if not 200 <= status < 300:
        return _by_words(status, envelope) or _by_status(status)
    status = _status_in(envelope)
    by_words = _by_words(status, envelope)
    if by_words is not None:
        return by_words
    if status:
        return _by_status(status)
    return _by_code(envelope) or Category.UPSTREAM_ERROR


def _by_words(status: int, envelope: Envelope) -> Category | None:
    by_code = _by_code(envelope)
    if by_code in _OVERRIDING:
        return by_code
    # A rate limit on tokens also says "too many tokens"; only 400-like answers mean the prompt.
    if status in (0, 400, 413, 422, 500) and _TOO_LONG.search(envelope.message):
        return Category.CONTEXT_TOO_LONG
    if status in (0, 400, 403) and _BLOCKED.search(envelope.message):
        return Category.CONTENT_BLOCKED
    if status == 403:
        return _by_words_of_403(envelope)
    if status in (400, 422) and by_code is Category.NOT_FOUND:
        return by_code
    if status == 400 and _NO_SUCH_MODEL.search(envelope.message):
        return Category.NOT_FOUND
    return None


def _by_words_of_403(envelope: Envelope) -> Category | None:
    if _QUOTA.search(envelope.message):
        return Category.QUOTA_EXHAUSTED
    if envelope.message.lower().rstrip(".") in ("not authenticated", "unauthenticated"):
        return Category.AUTH
    return None


def _by_code(envelope: Envelope) -> Category | None:
    for name in (envelope.code, envelope.type):
        category = _CODES.get(name.lower())
        if category is not None:
            return category
    return None


def _status_in(envelope: Envelope) -> int:
    return int(envelope.code) if re.fullmatch(r"[1-5]\d\d", envelope.code, re.ASCII) else 0


def _by_status(status: int) -> Category:
    if 300 <= status < 400:
        return Category.MISCONFIGURED
    if 400 <= status < 500:
        return _STATUSES.get(status, Category.INVALID_REQUEST)
    return _STATUSES.get(status, Category.UPSTREAM_ERROR)
