"""Declarations of the parameters that several providers share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chat.providers.parameters import Parameter


def temperature(
    *, maximum: float, default: float | None = None, usual: float | None = None
) -> Parameter:
    return Parameter(
        "temperature",
        "number",
        _("Temperature"),
        _("Low keeps to the likely, high is more varied."),
        minimum=0,
        maximum=maximum,
        step=0.1,
        default=default,
        usual=usual,
    )


def max_tokens(*, minimum: int) -> Parameter:
    return Parameter(
        "max_tokens",
        "integer",
        _("Longest answer"),
        _("In tokens; a token is about four letters."),
        minimum=minimum,
        step=1,
    )


def top_p(*, default: float | None = None, usual: float | None = None) -> Parameter:
    return Parameter(
        "top_p",
        "number",
        _("Top P"),
        _("Considers only the likeliest words up to this share."),
        minimum=0,
        maximum=1,
        step=0.05,
        default=default,
        usual=usual,
        advanced=True,
    )


def seed(name: str) -> Parameter:
    return Parameter(
        name,
        "integer",
        _("Random seed"),
        _("The same number gives similar answers again."),
        step=1,
        advanced=True,
    )


ANSWERS = Parameter(
    "n",
    "integer",
    _("Number of answers"),
    _(
        "Several answers to the same message, side by side. Each of them is billed. "
        "Where the model may use tools there is only one."
    ),
    minimum=1,
    maximum=8,
    step=1,
    usual=1,
    advanced=True,
)

FREQUENCY_PENALTY = Parameter(
    "frequency_penalty",
    "number",
    _("Frequency penalty"),
    _("Above zero, words that came often are avoided."),
    minimum=-2,
    maximum=2,
    step=0.1,
    usual=0,
    advanced=True,
)

STREAM = Parameter(
    "stream",
    "boolean",
    _("Show the answer while it is written"),
    _("Otherwise it arrives in one piece, as anonymised answers always do."),
    default=True,
    advanced=True,
)
