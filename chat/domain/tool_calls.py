"""The calls of tools that a reply asked for: kept at its end, answered, settled, stopped.

Each change is one UPDATE with a condition on the state. Whoever changes no row came too late,
and nothing happens.
"""

import json
from collections.abc import Collection, Mapping
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat.models import Completion, Message, Tool, ToolCall, User
from chat.models.message import Role
from chat.models.tool import ToolKind
from chat.models.tool_call import OPEN_CALLS, Asks, CallState
from chat.protocol import AnswerTool
from chat.providers import fault_in_arguments

from . import access, history, tools
from .errors import StillWriting, TextRefused
from .runs import LEASE, Ending, Run, Wanted

MOST_ROUNDS = 8
MOST_CALLS = 16
MOST_RESULT_BYTES = 32_000
REFUSED_WORDS = "The person refused this call. Do not repeat it unasked."


def keep(run: Run, ending: Ending) -> None:
    """Part of the transaction that ends a reply: a row for each call, and what happens with it."""
    if not ending.calls:
        return
    message = Message.with_deleted.select_related("conversation").get(id=run.replies[0])
    known = _known(run.owner.completion_id)
    problem = _limit(message)
    rows: list[ToolCall] = []
    for number, wanted in enumerate(ending.calls):
        row = ToolCall(
            message=message,
            number=number,
            call_id=_unique_id(wanted.call_id, rows, message.id),
            name=wanted.name,
            arguments=wanted.arguments,
        )
        if not ending.asks_for_tools:
            row.state = CallState.INCOMPLETE
        else:
            _plan(row, wanted, known, _too_many(number) or problem, run.owner.node)
        rows.append(row)
    ToolCall.objects.bulk_create(rows)
    if ending.asks_for_tools and not problem:
        Message.objects.filter(id=message.id).update(calls_open=True)


def _known(completion_id: UUID) -> dict[str, Tool]:
    completion = Completion.objects.select_related("user", "language_model__provider").get(
        id=completion_id
    )
    offered = tools.offered(completion.user, completion.language_model, completion.parameters)
    return {tool.name: tool for tool in offered}


def _unique_id(call_id: str, rows: list[ToolCall], message_id: int) -> str:
    """Some providers give none, or the same one twice."""
    taken = {row.call_id for row in rows}
    return call_id if call_id and call_id not in taken else f"call_{message_id}_{len(rows)}"


def _limit(message: Message) -> str:
    """Why no more rounds follow, in English for the model; empty: they do."""
    before = history.path_ids(message.conversation, message.parent_id, newest=2 * MOST_ROUNDS)
    roles = dict(Message.objects.filter(id__in=before).values_list("id", "role"))
    round_ids = list(takewhile(lambda one: roles.get(one) == Role.ASSISTANT, reversed(before)))
    calls = ToolCall.objects.filter(message__in=round_ids)
    if calls.values("message").distinct().count() >= MOST_ROUNDS:
        return f"The limit of {MOST_ROUNDS} rounds of tools is reached."
    spent = calls.aggregate(spent=Sum("seconds"))["spent"] or 0
    if spent >= settings.TOOL_TIMEOUT:
        return f"The limit of {settings.TOOL_TIMEOUT} seconds for tools is reached."
    return ""


def _too_many(number: int) -> str:
    return f"Only {MOST_CALLS} calls at once are run." if number >= MOST_CALLS else ""


def _plan(
    row: ToolCall, wanted: Wanted, known: Mapping[str, Tool], problem: str, node: str
) -> None:
    tool = known.get(wanted.name)
    problem = problem or fault(tool, wanted.arguments)
    if tool is None or problem:
        row.state, row.result = CallState.FAILED, problem
    elif tool.kind == ToolKind.BY_HAND:
        row.state, row.asks = CallState.WAITING, Asks.RESULT
    elif tool.writes:
        row.state, row.asks = CallState.WAITING, Asks.CONSENT
    else:
        row.state, row.node, row.lease_until = CallState.RUNNING, node, Now() + LEASE


def fault(tool: Tool | None, arguments: str) -> str:
    """Why a call cannot be run, in English for the model; empty: it can."""
    if tool is None:
        return "There is no tool of this name."
    parsed = parsed_arguments(arguments)
    if parsed is None:
        return "The arguments are not a JSON object."
    return fault_in_arguments(tool.parameters, parsed)


def parsed_arguments(text: str) -> dict[str, Any] | None:
    """Nothing at all is an empty object; None: it is no object of JSON."""
    try:
        parsed = json.loads(text or "{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


@transaction.atomic
def answer(user: User, command: AnswerTool, node: str) -> bool:
    """What the person decided about a call. True: it is to be run now, by this node.

    Doing it twice, or too late, changes nothing. Raises Refused or access.NotFound.
    """
    conversation = access.conversation_write(user, command.conversation)
    message = access.message_in(conversation, command.message)
    call = message.tool_calls.filter(number=command.call).first()
    if call is None:
        raise access.NotFound
    if not message.calls_open:
        return False
    rows = ToolCall.objects.filter(id=call.id)
    if command.decision == "refuse":
        rows.filter(state__in=[CallState.WAITING, CallState.INTERRUPTED]).update(
            state=CallState.REFUSED, result=REFUSED_WORDS, answered_by=user
        )
    elif command.decision == "result":
        text = _checked(command.result)
        rows.filter(state=CallState.WAITING, asks=Asks.RESULT).update(
            state=CallState.DONE, result=text, answered_by=user
        )
    elif command.decision == "allow":
        waiting = rows.filter(state=CallState.WAITING, asks=Asks.CONSENT)
        allowed = waiting | rows.filter(state=CallState.INTERRUPTED)
        return bool(
            allowed.update(
                state=CallState.RUNNING, node=node, lease_until=Now() + LEASE, answered_by=user
            )
        )
    return False


def _checked(text: str) -> str:
    if not text.strip():
        raise TextRefused(_("Write the result first."))
    if len(text.encode()) > MOST_RESULT_BYTES:
        raise TextRefused(_("This result is too long. Shorten it."))
    return text.strip()


def settle(call: int, node: str, state: CallState, result: str, seconds: float) -> bool:
    """The end of a run of this node; False: it was stopped meanwhile, the result is not kept."""
    running = ToolCall.objects.filter(id=call, state=CallState.RUNNING, node=node)
    return bool(running.update(state=state, result=_cut(result), seconds=seconds))


def _cut(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= MOST_RESULT_BYTES:
        return text
    return encoded[:MOST_RESULT_BYTES].decode("utf-8", "ignore") + "\n[The rest was cut off.]"


def close_leaf(message_id: int | None) -> None:
    """The person writes on instead of answering a card. Raises StillWriting while a tool runs."""
    asking = Message.objects.filter(id=message_id or 0, calls_open=True)
    if message_id is None or not asking.exists():
        return
    calls = ToolCall.objects.filter(message__in=asking)
    if calls.filter(state=CallState.RUNNING).exists():
        raise StillWriting
    calls.filter(state__in=OPEN_CALLS).update(state=CallState.REFUSED, result=REFUSED_WORDS)
    asking.update(calls_open=False)


@transaction.atomic
def stop(user: User, conversation_id: UUID, message_id: int) -> bool:
    """Ends the round of this reply, if it has one. What still runs is not waited for.

    Raises access.NotFound.
    """
    conversation = access.conversation_write(user, conversation_id)
    message = access.message_in(conversation, message_id)
    asking = Message.objects.filter(id=message.id, calls_open=True)
    if not asking.update(calls_open=False):
        return False
    open_calls = message.tool_calls.filter(state__in=OPEN_CALLS)
    open_calls.update(state=CallState.STOPPED, result="The person stopped this.")
    return True


def renew(calls: Collection[int], node: str) -> None:
    """This node lives and still runs them."""
    running = ToolCall.objects.filter(id__in=calls, state=CallState.RUNNING, node=node)
    running.update(lease_until=Now() + LEASE)


@transaction.atomic
def take_over(node: str, *, at_once: bool, running: Collection[int] = ()) -> set[tuple[UUID, int]]:
    """Runs of dead nodes: they may have done their work or not, so a person decides.

    So it is with those whose end this node could not store; `running` are the messages whose calls
    it still runs. Returns the (conversation, message) in which that changed something.
    """
    dead = ToolCall.objects.filter(state=CallState.RUNNING).exclude(node=node, message__in=running)
    if not at_once:
        dead = dead.filter(lease_until__lt=Now())
    found = list(dead.values_list("id", "message__conversation", "message"))
    if found:
        dead.filter(id__in=[call for call, *_ in found]).update(state=CallState.INTERRUPTED)
    return {(conversation, message) for _, conversation, message in found}
