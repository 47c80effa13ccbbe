"""Peak Privacy: chat completions from Switzerland, anonymised unless that is switched off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from chat.providers import sampling
from chat.providers.adapter import Adapter
from chat.providers.json_text import storable
from chat.providers.parameters import Parameter
from chat.providers.values import Endpoint, JSONValue, Prompt, PromptMessage

_ROLES = ("system", "user", "assistant")


class PeakPrivacy(Adapter):
    kind = "peakprivacy"
    label = "Peak Privacy"
    default_base_url = "https://api.peakprivacy.ch"
    is_one_service = True
    completions_path = "/v1/ai/completions"
    models_path = "/v1/ai/models"
    static_models = ("gpt-4", "mistral-tiny", "mistral-small", "mistral-medium", "mistral-swiss")
    # With these two, errors come as JSON instead of redirects; an event-stream Accept would
    # undo that, so it stays the same when streaming.
    own_headers: ClassVar[Mapping[str, str]] = {
        "X-Requested-With": "XMLHttpRequest",
        "Accept": "application/json",
    }
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "anonymize",
            "boolean",
            _("Anonymise"),
            _("Names and personal details are replaced. The answer then arrives in one piece."),
            default=True,
            privacy=True,
        ),
        sampling.temperature(maximum=1, default=0.7),
        sampling.max_tokens(minimum=0),
        sampling.top_p(default=1),
        sampling.seed("random_seed"),
        Parameter(
            "safe_prompt",
            "boolean",
            _("Safety instructions"),
            _("The provider puts its own safety instructions before the conversation."),
            default=False,
            advanced=True,
        ),
        sampling.STREAM,
    )

    def streams(self, prompt: Prompt) -> bool:
        # The provider answers in one piece whenever it anonymises; asking otherwise is in vain.
        return super().streams(prompt) and prompt.parameters.get("anonymize", True) is False

    def body(self, prompt: Prompt, endpoint: Endpoint) -> dict[str, JSONValue]:
        """All documented fields, null where unset, and nothing else: extra ones are refused."""
        unset: dict[str, JSONValue] = {parameter.name: None for parameter in self.parameters}
        return {**unset, "anonymize": True, **super().body(prompt, endpoint)}

    def message(self, message: PromptMessage) -> dict[str, JSONValue]:
        role = message.role if message.role in _ROLES else "user"
        return {"role": role, "content": storable(message.content)}

    def key_header(self, endpoint: Endpoint) -> dict[str, str]:
        if endpoint.auth_header:
            return super().key_header(endpoint)
        return {"Api-token": endpoint.api_key.reveal()}
