"""What the readers of other programs' exports share: counting up answers, leaving out the rest."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from chat.domain.titles import title_from
from chat.models import Completion, Conversation
from chat.models.message import Role
from chat.protocol import clean_text

from .threads import Call, Said, Thread
from .trees import Node, grown

TITLE = Conversation._meta.get_field("title").max_length or 0
MOST_LOOKED_AT = 2000
MODEL = Completion._meta.get_field("model_name").max_length or 0


class Builder:
    """Of one conversation. `left_out` counts, by the words of chat.domain.transfer.reports."""

    def __init__(self, begun: datetime) -> None:
        self.begun = begun
        self.left_out: Counter[str] = Counter()
        self._calls: list[Call] = []

    def question(self, text: str, moment: datetime | None) -> Said:
        return Said(0, None, Role.USER, text, moment or self.begun)

    def answer(
        self,
        text: str,
        moment: datetime | None,
        *,
        model: str,
        state: str,
        finish_reason: str,
        reasoning: str = "",
    ) -> Said:
        call = Call(len(self._calls) + 1, model[:MODEL], state)
        self._calls.append(call)
        return Said(
            0,
            None,
            Role.ASSISTANT,
            text,
            moment or self.begun,
            reasoning=reasoning,
            call=call.number,
            finish_reason=finish_reason,
        )

    def thread(
        self,
        nodes: Sequence[Node],
        *,
        title: str,
        shown: str,
        updated_at: datetime | None,
        system_prompt: str = "",
        archived: bool = False,
    ) -> Thread:
        """`shown` is the foreign id of the last message of the shown path. Raises BadFile."""
        tree = grown(nodes)
        self.left_out["thoughts"] += tree.unanswered
        newest = max((said.created_at for said in tree.messages), default=self.begun)
        last = tree.messages[-1].number if tree.messages else None
        return Thread(
            title=" ".join(title.split())[:TITLE] or _first_words(tree.messages),
            titled=bool(title.strip()),
            created_at=self.begun,
            updated_at=min(updated_at or newest, timezone.now()),
            model=self._calls[-1].model if self._calls else "",
            system_prompt=system_prompt,
            shown=tree.numbers.get(shown) or last,
            calls=tuple(self._calls),
            messages=tree.messages,
            archived=archived,
            left_out=+self.left_out,
        )


def _first_words(messages: Sequence[Said]) -> str:
    asked = next((said.text for said in messages if said.role == Role.USER), "")
    return title_from(asked[:MOST_LOOKED_AT])


def of_dict(value: Any) -> dict[str, Any]:
    """The object, or an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def of_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def of_text(value: Any) -> str:
    return clean_text(value) if isinstance(value, str) else ""
