"""What a provider's answer becomes: a series of values, the last of which is terminal.

A completion yields any number of deltas and reports and then exactly one of Completed,
ProviderError and Cancelled, with nothing after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

How: TypeAlias = Literal["done", "eof", "lost_after_finish"]
Phase: TypeAlias = Literal["connect", "headers", "body", "stream"]


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"
    TOOL_CALLS = "tool_calls"
    OTHER = "other"
    UNKNOWN = "unknown"


class ErrorCategory(StrEnum):
    AUTH = "auth"
    QUOTA_EXHAUSTED = "quota_exhausted"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    INVALID_REQUEST = "invalid_request"
    CONTEXT_TOO_LONG = "context_too_long"
    CONTENT_BLOCKED = "content_blocked"
    REQUEST_TOO_LARGE = "request_too_large"
    NOT_FOUND = "not_found"
    MISCONFIGURED = "misconfigured"
    CONNECT_FAILED = "connect_failed"
    UPSTREAM_TIMEOUT = "upstream_timeout"
    UPSTREAM_ERROR = "upstream_error"
    BAD_RESPONSE = "bad_response"
    EMPTY_RESPONSE = "empty_response"
    STREAM_TRUNCATED = "stream_truncated"
    STREAM_INTERRUPTED = "stream_interrupted"
    STREAM_STALLED = "stream_stalled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None is unknown, never zero.

    `interim`: told along the way, of an answer that did not end well: what came later is missing.
    """

    prompt: int | None = None
    completion: int | None = None
    total: int | None = None
    cached: int | None = None
    reasoning: int | None = None
    source: Literal["provider", "estimated"] = "provider"
    mismatch: bool = False
    interim: bool = False


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """Comes once, right before the first delta, so that a silent retry cannot repeat it."""

    streamed: bool
    response_id: str | None
    model: str | None
    request_id: str | None
    system_fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    choice: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """`id` comes at most once per slot; `name` and `arguments` are pieces to append."""

    choice: int
    slot: int
    id: str | None
    name: str | None
    arguments: str


@dataclass(frozen=True, slots=True)
class UsageReported:
    usage: Usage
    final: bool


@dataclass(frozen=True, slots=True)
class ChoiceFinished:
    choice: int
    reason: FinishReason
    raw_reason: str


@dataclass(frozen=True, slots=True)
class Completed:
    how: How
    usage: Usage | None
    warnings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProviderError:
    """`detail` holds the provider's own words, masked and cut: for logs, never for a page."""

    category: ErrorCategory
    retryable: bool
    retry_after: float | None
    status: int | None
    phase: Phase
    partial: bool
    provider_code: str | None
    detail: str
    usage: Usage | None
    fields: tuple[str, ...] = ()
    warnings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cancelled:
    partial: bool
    usage: Usage | None


Delta: TypeAlias = TextDelta | ReasoningDelta | RefusalDelta | ToolCallDelta
Terminal: TypeAlias = Completed | ProviderError | Cancelled
Event: TypeAlias = StreamStarted | Delta | UsageReported | ChoiceFinished | Terminal
