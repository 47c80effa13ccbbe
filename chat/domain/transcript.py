"""The turns of a conversation as a page shows them, for the first view and for live parts alike."""

import math
from dataclasses import dataclass, field, replace

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chat import rendering
from chat.models import Conversation, Message, UsageRecord
from chat.models.completion import State
from chat.models.message import Role
from chat.models.tool_call import CallState
from chat.providers import LONGEST_COUNTDOWN, ErrorCategory, FinishReason

from . import attachments, choices, comments, history, outcomes
from .attachments import FileLine
from .cards import Card, cards_for, phase

PAGE = 50

# What a message must come with to be made a turn.
FOR_TURNS = ("completion__language_model", "author")

# Trying these again as they are leads nowhere; somebody has to change something first.
FOR_AN_ADMINISTRATOR = {
    ErrorCategory.AUTH,
    ErrorCategory.QUOTA_EXHAUSTED,
    ErrorCategory.FORBIDDEN,
    ErrorCategory.NOT_FOUND,
    ErrorCategory.MISCONFIGURED,
}
FOR_THE_WRITER = {
    ErrorCategory.INVALID_REQUEST,
    ErrorCategory.CONTEXT_TOO_LONG,
    ErrorCategory.CONTENT_BLOCKED,
    ErrorCategory.REQUEST_TOO_LARGE,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One message with everything that its template needs; no query hides in it."""

    message: Message
    state: str
    blocks: list[SafeString]
    reasoning: list[SafeString]
    usage: UsageRecord | None
    alternatives: list[int]
    problem: str
    notice: str
    cards: list[Card]
    files: list[FileLine]
    comments: int = 0
    # All answers of its call, this one among them, where one is still to be kept.
    choices: list["Turn"] = field(default_factory=list)

    @property
    def tools(self) -> str:
        """What its calls of tools wait for, if they do."""
        return phase(self.cards)

    @property
    def is_reply(self) -> bool:
        return self.message.role == Role.ASSISTANT

    @property
    def model(self) -> str:
        """As people know it; the provider's name for it where the model was removed."""
        completion = self.message.completion
        if completion is None:
            return ""
        return str(completion.language_model or completion.model_name)

    @property
    def is_open(self) -> bool:
        return self.state in {State.QUEUED, State.RUNNING}

    @property
    def position(self) -> int:
        """1 for the first alternative."""
        return self.alternatives.index(self.message.id) + 1

    @property
    def previous(self) -> int | None:
        index = self.position - 2
        return self.alternatives[index] if index >= 0 else None

    @property
    def next(self) -> int | None:
        index = self.position
        return self.alternatives[index] if index < len(self.alternatives) else None

    @property
    def may_retry(self) -> bool:
        """The same may go better a second time."""
        if self.state == State.FAILED:
            return self._category not in FOR_AN_ADMINISTRATOR | FOR_THE_WRITER
        return self.state in {State.INTERRUPTED, State.STOPPED}

    @property
    def retry_in(self) -> int:
        """Seconds until trying again can help; 0: at any time, or nobody knows."""
        completion = self.message.completion
        if completion is None or self._category != ErrorCategory.RATE_LIMITED:
            return 0
        pause = completion.pause or 0
        return math.ceil(pause) if 0 < pause <= LONGEST_COUNTDOWN else 0

    @property
    def may_regenerate(self) -> bool:
        """Of several rounds only the one that they ended with."""
        cut = {CallState.STOPPED, CallState.INCOMPLETE}
        over = not self.cards or any(card.state in cut for card in self.cards)
        return self.is_reply and over and not self.tools and not self.may_retry

    @property
    def advice(self) -> str:
        """Who has to do something where trying again is of no use."""
        if self.state == State.FAILED and self._category in FOR_AN_ADMINISTRATOR:
            return _(
                "Trying again does not help until an administrator has looked at it. "
                "Another model may answer: choose one below, then regenerate."
            )
        if self.state == State.BLOCKED or (
            self.state == State.FAILED and self._category in FOR_THE_WRITER
        ):
            return _("Your message is kept: edit it and send it again, or choose another model.")
        return ""

    @property
    def _category(self) -> str:
        completion = self.message.completion
        return completion.error_category if completion else ""

    @property
    def may_continue(self) -> bool:
        """There is text to go on from."""
        if not self.message.content.strip():
            return False
        cut_short = self.state in {State.INTERRUPTED, State.STOPPED, State.FAILED}
        return cut_short or self.message.finish_reason == FinishReason.LENGTH

    @property
    def may_keep(self) -> bool:
        """It is one of several answers, none of which was kept."""
        return choices.is_undecided(self.message.completion)

    @property
    def arrives_whole(self) -> bool:
        """Anonymised answers come in one piece: there is nothing to watch until then."""
        completion = self.message.completion
        return completion is not None and completion.parameters.get("anonymize") is True


@dataclass(frozen=True, slots=True)
class Transcript:
    """The newest turns of the shown path; `earlier` is the id to ask for older ones from."""

    turns: list[Turn]
    earlier: int | None


def transcript(
    conversation: Conversation, before: int | None = None, leaf_id: int | None = None
) -> Transcript:
    """A page of turns: the newest of the shown path, or of the one that ends with `leaf_id`.

    `before`: instead those that lead to this message, whichever path is shown. What it costs does
    not depend on the number of messages.
    """
    leaf_id = leaf_id or conversation.leaf_id
    if before is not None:
        known = Message.objects.filter(conversation=conversation, id=before)
        leaf_id = known.values_list("parent_id", flat=True).first()
    ids = history.path_ids(conversation, leaf_id, newest=PAGE + 1)
    shown = ids[-PAGE:]
    rows = Message.objects.select_related(*FOR_TURNS).in_bulk(shown)
    messages = [rows[message_id] for message_id in shown if message_id in rows]
    history.add_text_so_far(messages)
    turns = turns_for(messages)
    if before is None:
        turns = with_choices(turns)
    return Transcript(turns, shown[0] if len(ids) > PAGE else None)


def states(conversation: Conversation) -> list[tuple[int, str]]:
    """(id, state) of the newest turns of the shown path: what an open page compares itself with."""
    shown = history.path_ids(conversation, conversation.leaf_id, newest=PAGE)
    rows = Message.objects.filter(id__in=shown).values_list("id", "completion__state")
    found = dict(rows)
    return [(message_id, found.get(message_id) or "") for message_id in shown]


def with_choices(turns: list[Turn]) -> list[Turn]:
    """The last one with all answers of its call, as long as none of them was kept."""
    ids = choices.beside(turns[-1].message) if turns else []
    if not ids:
        return turns
    messages = list(Message.objects.select_related(*FOR_TURNS).filter(id__in=ids))
    messages.sort(key=lambda message: message.choice)
    history.add_text_so_far(messages)
    return [*turns[:-1], replace(turns[-1], choices=turns_for(messages))]


def turns_for(messages: list[Message], *, new: bool = False) -> list[Turn]:
    """The messages must come with FOR_TURNS. `new`: nothing hangs on them yet but files."""
    return [
        replace(turn, blocks=_blocks(turn.message), reasoning=_reasoning(turn.message))
        for turn in feet_for(messages, new=new)
    ]


def feet_for(messages: list[Message], *, new: bool = False) -> list[Turn]:
    """Turns without their text, which costs most: for what stands below it."""
    usage = history.usage_of(messages)
    alternatives = history.siblings(messages)
    cards = {} if new else cards_for(messages)
    files = attachments.lines_of(messages)
    said = {} if new else comments.counts([message.id for message in messages])
    return [
        replace(
            _turn(message, usage, alternatives[message.id], cards.get(message.id, [])),
            files=files.get(message.id, []),
            comments=said.get(message.id, 0),
        )
        for message in messages
    ]


def _blocks(message: Message) -> list[SafeString]:
    is_reply = message.role == Role.ASSISTANT
    whole = rendering.render if is_reply else _one_block
    return _safe(whole(message.content))


def _one_block(text: str) -> list[str]:
    return [rendering.render_text(text)]


def _reasoning(message: Message) -> list[SafeString]:
    return _safe(rendering.render(message.reasoning)) if message.reasoning else []


def _turn(
    message: Message,
    usage: dict[object, UsageRecord],
    alternatives: list[int],
    cards: list[Card],
) -> Turn:
    completion = message.completion
    return Turn(
        message=message,
        state=completion.state if completion else "",
        usage=usage.get(message.completion_id),
        alternatives=alternatives,
        problem=outcomes.problem(message),
        notice=outcomes.notice(message, had_calls=bool(cards)),
        blocks=[],
        reasoning=[],
        cards=cards,
        files=[],
    )


def _safe(blocks: list[str]) -> list[SafeString]:
    """Made and cleaned by chat.rendering."""
    return [mark_safe(block) for block in blocks]  # noqa: S308
