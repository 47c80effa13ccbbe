"""The adapters there are, by the kind that a provider's row names."""

from __future__ import annotations

from chat.providers.adapter import Adapter
from chat.providers.grayswan import GraySwan
from chat.providers.openai_compatible import OpenAICompatible
from chat.providers.peakprivacy import PeakPrivacy

_ADAPTERS: dict[str, Adapter] = {
    adapter.kind: adapter for adapter in (PeakPrivacy(), GraySwan(), OpenAICompatible())
}

KINDS: tuple[tuple[str, str], ...] = tuple(
    (adapter.kind, adapter.label) for adapter in _ADAPTERS.values()
)


class UnknownKind(ValueError):
    """No adapter has this kind."""


def adapter_for(kind: str) -> Adapter:
    try:
        return _ADAPTERS[kind]
    except KeyError:
        raise UnknownKind(f"There is no provider kind “{kind}”.") from None
