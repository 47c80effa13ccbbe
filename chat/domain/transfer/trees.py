"""Messages that name their parents, as a tree: without circles, in an order, every parent first."""

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.translation import gettext as _

from chat.models.message import Role
from chat.models.tool_call import OPEN_CALLS

from .threads import Call, Said
from .words import misplaced, too_much

__all__ = ["OPEN_CALLS", "Node", "Tree", "check_calls", "grown", "known", "strict"]


@dataclass(frozen=True, slots=True)
class Node:
    """A message of a foreign file by its id there; `said` is None where nothing is taken of it.

    `thoughts` belong to the answer that follows.
    """

    id: str
    parent: str | None
    said: Said | None
    thoughts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """`numbers`: by foreign id that of the message, or of the nearest one above that was taken.
    `unanswered`: passages of thoughts that no answer followed."""

    messages: tuple[Said, ...]
    numbers: Mapping[str, int | None]
    unanswered: int


def strict(messages: Sequence[Said]) -> tuple[Said, ...]:
    """Messages of our own format, which come in order. Raises BadFile."""
    check_count(len(messages))
    seen: set[int | None] = {None}
    for index, said in enumerate(messages, 1):
        place = f"messages, {index}, "
        if said.number in seen:
            raise misplaced(f"{place}number", _("Another message has the same number."))
        if said.parent not in seen:
            raise misplaced(f"{place}parent", _("No message before it has this number."))
        seen.add(said.number)
    return tuple(messages)


def known(number: int | None, messages: Collection[Said]) -> int | None:
    if number is not None and all(said.number != number for said in messages):
        raise misplaced("shown", _("No message has this number."))
    return number


def check_calls(calls: Collection[Call], messages: Iterable[Said]) -> None:
    numbers = Counter(call.number for call in calls)
    if any(count > 1 for count in numbers.values()):
        raise misplaced("calls", _("Two calls have the same number."))
    for index, said in enumerate(messages, 1):
        if said.call is not None and said.call not in numbers:
            raise misplaced(f"messages, {index}, call", _("No call has this number."))


def check_count(count: int) -> None:
    most: int = settings.MAX_IMPORT_MESSAGES
    if count > most:
        raise too_much(_("a conversation with more than {most} messages").format(most=most))


def grown(nodes: Sequence[Node]) -> Tree:
    """Of what another program exported. A message whose parent is not there begins anew; what
    follows one that is not taken follows the one before that. Raises BadFile for circles."""
    check_count(len(nodes))
    by_id = {node.id: node for node in nodes}
    children: dict[str | None, list[Node]] = {}
    for it in nodes:
        children.setdefault(it.parent if it.parent in by_id else None, []).append(it)
    numbers: dict[str | None, int | None] = {None: None}
    messages: list[Said] = []
    thoughts = _Thoughts()
    ready = _Ready(nodes)
    ready.add(children.get(None, ()))
    while node := ready.next():
        above = numbers[node.parent if node.parent in by_id else None]
        numbers[node.id] = above
        said = thoughts.passed(node)
        if said is not None:
            numbers[node.id] = len(messages) + 1
            messages.append(replace(said, number=len(messages) + 1, parent=above))
        ready.add(children.get(node.id, ()))
    if len(numbers) <= len(by_id):
        raise misplaced("parent", _("The messages follow each other in a circle."))
    known_numbers = {one: number for one, number in numbers.items() if one}
    return Tree(tuple(messages), known_numbers, thoughts.unanswered())


class _Thoughts:
    """On their way down to the first answer: each passage gets to one, whatever branches there."""

    def __init__(self) -> None:
        self._waiting: dict[str | None, list[str]] = {}
        self._lost = 0

    def passed(self, node: Node) -> Said | None:
        """What is taken of the node, with the thoughts before it. Parents come first."""
        carried = self._waiting.pop(node.parent, [])
        if node.said is None:
            carried.extend(node.thoughts)
            if carried:
                self._waiting[node.id] = carried
        elif node.said.role == Role.ASSISTANT and carried:
            return replace(node.said, reasoning="\n\n".join(carried))
        else:
            self._lost += len(carried)
        return node.said

    def unanswered(self) -> int:
        return self._lost + sum(map(len, self._waiting.values()))


class _Ready:
    """Nodes whose parents are placed; the next is the oldest of them, then the first in the file.

    A later child gets a higher number: the newest branch is the one that is shown below a message.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._order = {node.id: index for index, node in enumerate(nodes)}
        self._heap: list[tuple[float, int, Node]] = []

    def add(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            written = node.said.created_at.timestamp() if node.said is not None else 0.0
            heapq.heappush(self._heap, (written, self._order[node.id], node))

    def next(self) -> Node | None:
        return heapq.heappop(self._heap)[2] if self._heap else None
