"""Gray Swan: the Cygnet models. Path and key header have changed before and are configurable."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from chat.providers import sampling
from chat.providers.adapter import Adapter
from chat.providers.parameters import Parameter


class GraySwan(Adapter):
    kind = "grayswan"
    label = "Gray Swan"
    default_base_url = "https://api.grayswan.ai"
    is_one_service = True
    static_models = ("cygnet", "cygnet-v0.2")
    supports_tools = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "moderate_before",
            "boolean",
            _("Check the message first"),
            _("The provider is asked to check the message before the model sees it."),
            privacy=True,
        ),
        sampling.temperature(maximum=2, usual=1),
        sampling.max_tokens(minimum=1),
        sampling.ANSWERS,
        sampling.top_p(usual=1),
        sampling.FREQUENCY_PENALTY,
        sampling.STREAM,
    )
