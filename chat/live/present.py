"""HTML for events, from the same templates as the pages, once for all who look the same way."""

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils import translation

from chat.domain import history
from chat.domain.replies import Started
from chat.domain.transcript import FOR_TURNS, Turn, feet_for, turns_for, with_choices
from chat.models import Message

from .mailbox import Event
from .viewer import Look

Events = dict[Look, Event]


def author_of(started: Started) -> int | None:
    """Who wrote the question that a command brought; None: it brought only a reply."""
    return started.messages[0].author_id if started.messages else None


def created_events(started: Started, looks: Iterable[Look]) -> Events:
    """`message.created` for the messages that a command made; `by` is whose command it was."""
    turns = with_choices(turns_for(list(started.messages), new=True))
    common = {
        "type": "message.created",
        "conversation": str(started.conversation.id),
        "title": started.conversation.title,
        "replaces": started.replaces,
        "after": started.after,
        "key": str(started.messages[0].key),
        "by": started.completion.user_id,
        "messages": [turn.message.id for turn in turns],
    }
    return {look: {**common, "html": _html("chat/_turn.html", turns, look)} for look in looks}


def ended_events(reply_id: int, looks: Iterable[Look]) -> Events:
    """`reply.ended`, with what stands below the text: outcome, tokens, what can be done now."""
    turns = feet_for(_messages([reply_id]))
    if not turns:
        return {look: {"type": "reply.ended", "reply": reply_id} for look in looks}
    common = {
        "type": "reply.ended",
        "reply": reply_id,
        "state": turns[0].state,
        "tools": turns[0].tools,
    }
    return {look: {**common, "html": _html("chat/_turn_foot.html", turns, look)} for look in looks}


def tool_events(reply_id: int, looks: Iterable[Look]) -> Events:
    """`reply.tools`: the cards of the calls that a reply asked for, as they are now."""
    turns = feet_for(_messages([reply_id]))
    common = {
        "type": "reply.tools",
        "reply": reply_id,
        "tools": turns[0].tools if turns else "",
    }
    return {look: {**common, "html": _html("chat/_tool_calls.html", turns, look)} for look in looks}


def _messages(ids: list[int]) -> list[Message]:
    rows = Message.objects.select_related(*FOR_TURNS).filter(id__in=ids).order_by("id")
    messages = list(rows)
    history.add_text_so_far(messages)
    return messages


def _author_of(message: Message) -> int | None:
    """Whose words these are, or who asked for them."""
    completion = message.completion
    return completion.user_id if completion else message.author_id


def _html(template: str, turns: list[Turn], look: Look) -> str:
    with translation.override(look.language):
        return "".join(
            render_to_string(
                template,
                {
                    "turn": turn,
                    "can_write": look.can_write,
                    "me": _author_of(turn.message) if look.is_author else None,
                },
            )
            for turn in turns
        )
