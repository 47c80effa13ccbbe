"""HTML for events, from the same templates as the pages, once per language."""

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils import translation

from chat.domain import history
from chat.domain.replies import Started
from chat.domain.transcript import FOR_TURNS, Turn, feet_for, turns_for
from chat.models import Message

from .mailbox import Event

Events = dict[str, Event]


def created_events(started: Started, languages: Iterable[str]) -> Events:
    """`message.created` for the messages that a command made."""
    turns = turns_for(_messages([message.id for message in started.messages]))
    common = {
        "type": "message.created",
        "conversation": str(started.conversation.id),
        "title": started.conversation.title,
        "replaces": started.replaces,
        "after": started.after,
        "key": str(started.messages[0].key),
        "messages": [turn.message.id for turn in turns],
    }
    return {
        language: {**common, "html": _html("chat/_turn.html", turns, language)}
        for language in languages
    }


def ended_events(reply_id: int, languages: Iterable[str]) -> Events:
    """`reply.ended`, with what stands below the text: outcome, tokens, what can be done now."""
    turns = feet_for(_messages([reply_id]))
    if not turns:
        return {language: {"type": "reply.ended", "reply": reply_id} for language in languages}
    common = {
        "type": "reply.ended",
        "reply": reply_id,
        "state": turns[0].state,
        "tools": turns[0].tools,
    }
    return {
        language: {**common, "html": _html("chat/_turn_foot.html", turns, language)}
        for language in languages
    }


def tool_events(reply_id: int, languages: Iterable[str]) -> Events:
    """`reply.tools`: the cards of the calls that a reply asked for, as they are now."""
    turns = feet_for(_messages([reply_id]))
    common = {
        "type": "reply.tools",
        "reply": reply_id,
        "tools": turns[0].tools if turns else "",
    }
    return {
        language: {**common, "html": _html("chat/_tool_calls.html", turns, language)}
        for language in languages
    }


def _messages(ids: list[int]) -> list[Message]:
    rows = Message.objects.select_related(*FOR_TURNS).filter(id__in=ids).order_by("id")
    messages = list(rows)
    history.add_text_so_far(messages)
    return messages


def _html(template: str, turns: list[Turn], language: str) -> str:
    with translation.override(language):
        return "".join(
            render_to_string(template, {"turn": turn, "can_write": True}) for turn in turns
        )
