"""Why a call to a provider failed, before the secret is masked out of it."""

from __future__ import annotations

from dataclasses import dataclass

from chat.providers.envelope import Envelope
from chat.providers.events import ErrorCategory, Phase, ProviderError, Usage
from chat.providers.json_text import one_line
from chat.providers.taxonomy import RETRYABLE
from chat.providers.values import Endpoint


@dataclass(frozen=True, slots=True)
class Failure:
    category: ErrorCategory
    phase: Phase
    detail: str = ""
    code: str | None = None
    fields: tuple[str, ...] = ()
    retry_after: float | None = None
    max_repeats: int = 2

    @classmethod
    def from_envelope(
        cls,
        category: ErrorCategory,
        phase: Phase,
        envelope: Envelope,
        *,
        retry_after: float | None = None,
        max_repeats: int = 2,
    ) -> Failure:
        code = envelope.code or envelope.type or None
        return cls(
            category,
            phase,
            envelope.message,
            code,
            envelope.fields,
            retry_after,
            max_repeats,
        )


def provider_error(
    failure: Failure,
    endpoint: Endpoint,
    *,
    status: int | None,
    partial: bool = False,
    usage: Usage | None = None,
) -> ProviderError:
    """The event, with the key masked wherever the provider may have repeated it."""

    def shown(text: str, limit: int) -> str:
        return endpoint.api_key.hide_in(one_line(text))[:limit]

    return ProviderError(
        category=failure.category,
        retryable=failure.category in RETRYABLE,
        retry_after=failure.retry_after,
        status=status,
        phase=failure.phase,
        partial=partial,
        provider_code=shown(failure.code, 64) if failure.code else None,
        detail=shown(failure.detail, 300),
        usage=usage,
        fields=tuple(shown(name, 64) for name in failure.fields),
    )
