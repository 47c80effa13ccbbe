"""Any server that speaks OpenAI's chat completions: hosted ones, proxies, and local ones."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from chat.providers import sampling
from chat.providers.adapter import Adapter
from chat.providers.parameters import Parameter


class OpenAICompatible(Adapter):
    kind = "openai_compatible"
    label = "OpenAI-compatible"
    default_base_url = "https://api.openai.com/v1"
    models_path = "/models"
    supports_stream_usage = True
    supports_tools = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        sampling.temperature(maximum=2),
        sampling.max_tokens(minimum=1),
        sampling.ANSWERS,
        sampling.top_p(),
        sampling.FREQUENCY_PENALTY,
        Parameter(
            "presence_penalty",
            "number",
            _("Presence penalty"),
            _("Above zero, new subjects are preferred."),
            minimum=-2,
            maximum=2,
            step=0.1,
            usual=0,
            advanced=True,
        ),
        sampling.seed("seed"),
        Parameter(
            "max_completion_tokens",
            "integer",
            _("Longest answer with thinking"),
            _("In tokens, for models that think first and refuse the plain limit."),
            minimum=1,
            step=1,
            advanced=True,
        ),
        sampling.STREAM,
    )
