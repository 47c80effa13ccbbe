"""What is said under an answer about how it ended, in the language of the reader."""

from django.utils.translation import gettext as _

from chat.models import Message
from chat.models.completion import State
from chat.providers import ErrorCategory, FinishReason, notice_for, words_for

from .budget_words import OverBudget


def problem(message: Message) -> str:
    """Of a failed or blocked answer; else empty. Needs `completion`."""
    completion = message.completion
    if completion is None or completion.state not in {State.FAILED, State.BLOCKED}:
        return ""
    if completion.error_category in set(ErrorCategory):
        category = ErrorCategory(completion.error_category)
        pause = completion.pause
        if category is ErrorCategory.RATE_LIMITED and pause is not None and pause <= 0:
            return _("The provider was busy. You can try again now.")
        return words_for(category, retry_after=pause, fields=completion.error_fields.split(","))
    if completion.state == State.BLOCKED:
        return notice_for(FinishReason.CONTENT_FILTER, had_text=False, had_reasoning=False)
    if completion.error_category == OverBudget.code:
        return _(
            "What is left of the budget may not be enough for the rest of this answer. "
            "An administrator can raise it."
        )
    reference = str(completion.id)[:8]
    return _("Something went wrong here. Tell your administrator this reference: {ref}.").format(
        ref=reference
    )


def notice(message: Message, *, had_calls: bool) -> str:
    """Of an answer that ended well, but not as usual; else empty. Needs `completion`."""
    completion = message.completion
    if completion is None or completion.state != State.COMPLETED:
        return ""
    return str(
        notice_for(
            FinishReason(message.finish_reason or FinishReason.UNKNOWN),
            had_text=bool(message.content) or had_calls,
            had_reasoning=bool(message.reasoning),
        )
    )
