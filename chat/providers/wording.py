"""What people are told, in plain words, about errors and unusual ends."""

from __future__ import annotations

import math
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.providers.events import ErrorCategory, FinishReason
from chat.providers.field_names import field_labels

# Seconds. Nobody sits and waits for longer.
LONGEST_COUNTDOWN = 3600
# More of them are told in minutes.
_MOST_SECONDS = 120

_WORDS: dict[ErrorCategory, Promise | str] = {
    ErrorCategory.AUTH: _(
        "This provider's access key was not accepted. An administrator needs to check it."
    ),
    ErrorCategory.QUOTA_EXHAUSTED: _("The usage limit for this provider is reached."),
    ErrorCategory.FORBIDDEN: _("This request is not allowed with the current plan or settings."),
    ErrorCategory.RATE_LIMITED: _("The provider is busy. Try again in a moment."),
    ErrorCategory.INVALID_REQUEST: _("The provider rejected this request."),
    ErrorCategory.CONTEXT_TOO_LONG: _(
        "This conversation is too long for the model. Start a new one or pick a larger model."
    ),
    ErrorCategory.CONTENT_BLOCKED: _("The provider's safety filter blocked this message."),
    ErrorCategory.REQUEST_TOO_LARGE: _("The message is too large for this provider."),
    ErrorCategory.NOT_FOUND: _("The selected model or address does not exist at this provider."),
    ErrorCategory.MISCONFIGURED: _("The provider is not set up correctly."),
    ErrorCategory.CONNECT_FAILED: _("The provider could not be reached."),
    ErrorCategory.UPSTREAM_TIMEOUT: _("The provider took too long to answer."),
    ErrorCategory.UPSTREAM_ERROR: _("The provider had an internal problem."),
    ErrorCategory.BAD_RESPONSE: _("The provider sent an answer this app could not read."),
    ErrorCategory.EMPTY_RESPONSE: _("The provider returned an empty answer."),
    ErrorCategory.STREAM_TRUNCATED: _("The answer was cut off."),
    ErrorCategory.STREAM_INTERRUPTED: _("The connection broke while answering."),
    ErrorCategory.STREAM_STALLED: _("The provider stopped responding."),
    ErrorCategory.CANCELLED: _("Stopped"),
}


def words_for(
    category: ErrorCategory, *, retry_after: float | None = None, fields: Iterable[str] = ()
) -> str:
    """In the language of the reader, so call it when showing, not when storing.

    `fields`: what the provider complained about.
    """
    if (
        category is ErrorCategory.RATE_LIMITED
        and retry_after is not None
        and 0 < retry_after <= LONGEST_COUNTDOWN
    ):
        return _busy_for(math.ceil(retry_after))
    if category is ErrorCategory.INVALID_REQUEST and (named := field_labels(fields)):
        words = gettext("The provider rejected this request. It complained about: {fields}.")
        return words.format(fields=", ".join(named))
    return str(_WORDS[category])


def _busy_for(seconds: int) -> str:
    if seconds > _MOST_SECONDS:
        minutes = math.ceil(seconds / 60)
        return ngettext(
            "The provider is busy. Try again in %(minutes)d minute.",
            "The provider is busy. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}
    return ngettext(
        "The provider is busy. Try again in %(seconds)d second.",
        "The provider is busy. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}


def notice_for(reason: FinishReason, *, had_text: bool, had_reasoning: bool) -> str:
    """What to say under an answer that ended so; empty where nothing needs saying.

    `had_text` is true also where there were tool calls or a refusal.
    """
    if reason is FinishReason.CONTENT_FILTER:
        return str(_("The answer was withheld by the provider's safety filter."))
    if reason is FinishReason.LENGTH:
        if had_reasoning and not had_text:
            return str(_("The model used its whole budget thinking."))
        return str(_("The answer reached its length limit."))
    return "" if had_text else str(_("The model returned no text."))
