"""What is sent to a provider: the path of a conversation as messages, with calls and results."""

from collections.abc import Sequence

from chat.models import Completion, Conversation, Message, ToolCall
from chat.models.message import Role
from chat.models.tool_call import OPEN_CALLS, CallState
from chat.providers import Prompt, PromptMessage
from chat.providers import ToolCall as SentCall

from . import attachments, tools
from .history import Said, path
from .tool_calls import parsed_arguments

CONTINUE = (
    "Your last answer was cut off. Continue it exactly where it stopped. "
    "Do not repeat anything of it and do not comment on the interruption."
)


def prompt_for(
    completion: Completion,
    conversation: Conversation,
    before: Sequence[Said | Message],
    reply: Message,
) -> Prompt:
    """`before`: the messages that lead to the reply."""
    calls = _calls(completion, before)
    files = attachments.texts_of(before)
    turns: list[PromptMessage] = []
    if conversation.system_prompt:
        turns.append(PromptMessage(Role.SYSTEM.value, conversation.system_prompt))
    for message in before:
        turns += _turn(message, calls.get(message.id, []), files.get(message.id, ""))
    if reply.content:
        turns.append(PromptMessage(Role.ASSISTANT.value, reply.content))
        turns.append(PromptMessage(Role.USER.value, CONTINUE))
    streamed = completion.parameters.get("anonymize") is not True
    offered = tools.offered(completion.user, completion.language_model, completion.parameters)
    return Prompt(
        completion.model_name,
        _joined(turns),
        completion.parameters,
        streamed,
        tools.as_offered(offered),
    )


def text_of(completion: Completion, conversation: Conversation, reply: Message) -> str:
    """All that will be sent for this reply, for an estimate."""
    before = path(conversation, reply.parent_id)
    prompt = prompt_for(completion, conversation, before, reply)
    return "\n".join(message.content for message in prompt.messages)


def _calls(completion: Completion, before: Sequence[Said | Message]) -> dict[int, list[ToolCall]]:
    """By message; none where the provider knows no tools: the answers made of them remain."""
    provider = completion.provider
    replies = [message.id for message in before if message.may_have_calls]
    if provider is None or not provider.adapter.supports_tools or not replies:
        return {}
    found: dict[int, list[ToolCall]] = {}
    rows = ToolCall.objects.filter(message__in=replies).exclude(state=CallState.INCOMPLETE)
    for call in rows.order_by("message", "number"):
        found.setdefault(call.message_id, []).append(call)
    return found


def _turn(message: Said | Message, calls: Sequence[ToolCall], files: str) -> list[PromptMessage]:
    """`files`: what stands in the files beside the message, put in front of it."""
    if not calls:
        text = files + message.content
        return [PromptMessage(str(message.role), text)] if text else []
    sent = tuple(SentCall(call.call_id, call.name, _arguments(call)) for call in calls)
    asked = PromptMessage(Role.ASSISTANT.value, message.content, tool_calls=sent)
    results = (
        PromptMessage(Role.TOOL.value, _result(call), tool_call_id=call.call_id) for call in calls
    )
    return [asked, *results]


def _arguments(call: ToolCall) -> str:
    """Some providers refuse a history with arguments that are no JSON."""
    return call.arguments if call.arguments and parsed_arguments(call.arguments) else "{}"


def _result(call: ToolCall) -> str:
    """Every call needs a result, or providers refuse the history."""
    if call.state in OPEN_CALLS:
        return "There is no result."
    if call.state == CallState.FAILED:
        return f"Error: {call.result}"
    return call.result or "The result is empty."


def _joined(turns: list[PromptMessage]) -> tuple[PromptMessage, ...]:
    """Turns of one role in a row (an answer between them failed) become one message.

    Some providers insist on alternating roles.
    """
    joined: list[PromptMessage] = []
    for turn in turns:
        last = joined[-1] if joined else None
        plain = turn.role != Role.TOOL and not turn.tool_calls
        if last is not None and plain and last.role == turn.role and not last.tool_calls:
            joined[-1] = PromptMessage(turn.role, f"{last.content}\n\n{turn.content}")
        else:
            joined.append(turn)
    return tuple(joined)
