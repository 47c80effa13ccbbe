"""From the results of tools to the next call of the provider: one round follows the other."""

from uuid import UUID

from django.db import transaction

from chat.models import Completion, Conversation, Message
from chat.models.message import Role
from chat.models.tool_call import OPEN_CALLS

from . import access, begin, budgets, prompts
from .budget_words import OverBudget
from .replies import Started, new_replies
from .runs import Run


def ready() -> list[tuple[int, UUID]]:
    """(message, conversation) of rounds whose calls have all ended: also what a dead node left."""
    rows = Message.objects.filter(calls_open=True, conversation__deleted_at=None)
    rows = rows.exclude(tool_calls__state__in=OPEN_CALLS)
    return list(rows.values_list("id", "conversation_id"))


@transaction.atomic
def next_round(message_id: int, node: str) -> tuple[Started, Run | None] | None:
    """The reply that follows on the results; None: calls are still open, or somebody was faster.

    What the person has written meanwhile comes after it.
    """
    message = (
        Message.objects.select_related("completion__user", "completion__language_model")
        .filter(id=message_id)
        .first()
    )
    if message is None or message.tool_calls.filter(state__in=OPEN_CALLS).exists():
        return None
    rows = Conversation.objects.select_for_update()
    conversation = rows.filter(id=message.conversation_id).first()
    asking = Message.objects.filter(id=message_id, calls_open=True)
    if conversation is None or not asking.update(calls_open=False):
        return None
    replies = _following(message, conversation, node)
    if not replies:
        return None
    completion = replies[0].completion
    assert completion is not None
    started = Started(conversation, replies, replies, after=message_id)
    if not _fits(completion, conversation, replies[0]):
        return started, begin.take_in_vain(completion, replies, node, OverBudget.code)
    return started, begin.take(completion, replies, node)


def _fits(completion: Completion, conversation: Conversation, reply: Message) -> bool:
    """Each round takes from the budget for itself: how many there will be, nobody knows."""
    user, model = completion.user, completion.language_model
    assert user is not None
    assert model is not None
    return budgets.fits(
        user, completion, model, lambda: prompts.text_of(completion, conversation, reply)
    )


def _following(message: Message, conversation: Conversation, node: str) -> tuple[Message, ...]:
    """Empty when the person may not use the model any more."""
    completion = message.completion
    if completion is None or completion.user is None or completion.language_model_id is None:
        return ()
    try:
        model = access.language_model_use(completion.user, completion.language_model_id)
    except access.NotFound:
        return ()
    replies = new_replies(
        completion.user, conversation, model, message.id, node, chosen=completion.parameters
    )
    written_meanwhile = Message.with_deleted.filter(parent=message, role=Role.USER)
    written_meanwhile.update(parent=replies[0])
    if conversation.leaf_id == message.id:
        conversation.leaf = replies[0]
        conversation.save(update_fields=["leaf"])
    return replies
