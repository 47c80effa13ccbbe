"""Tool calls put together from their pieces."""

from __future__ import annotations

from typing import Any

from chat.providers.events import ToolCallDelta
from chat.providers.tools import ToolSlots


def call(arguments: Any = "", **fields: Any) -> dict[str, Any]:
    name = fields.pop("name", None)
    return {**fields, "function": {"name": name, "arguments": arguments}}


def test_parallel_calls_that_share_an_index_are_told_apart_by_id() -> None:
    slots = ToolSlots(0)
    assert slots.add(call("{}", id="a", index=0, name="one")) == ToolCallDelta(
        0, 0, "a", "one", "{}"
    )
    assert slots.add(call("{}", id="b", index=0, name="two")) == ToolCallDelta(
        0, 1, "b", "two", "{}"
    )
    assert slots.add(call("!", id="a", index=0)) == ToolCallDelta(0, 0, None, None, "!")


def test_a_piece_with_neither_id_nor_index_belongs_to_the_last_call() -> None:
    slots = ToolSlots(2)
    slots.add(call("{", id="a", name="one"))
    assert slots.add(call("}")) == ToolCallDelta(2, 0, None, None, "}")


def test_an_id_that_comes_late_is_taken_up_once() -> None:
    slots = ToolSlots(0)
    slots.add(call("{", index=0, name="one"))
    assert slots.add(call("}", index=0, id="a")) == ToolCallDelta(0, 0, "a", None, "}")
    assert slots.add(call("", index=0, id="a")) is None


def test_a_repeated_name_is_not_appended() -> None:
    slots = ToolSlots(0)
    slots.add(call(index=0, name="one"))
    assert slots.add(call("{", index=0, name="one")) == ToolCallDelta(0, 0, None, None, "{")


def test_arguments_given_as_an_object_are_written_out() -> None:
    delta = ToolSlots(0).add(call({"city": "Bern"}, id="a", name="one"))
    assert delta == ToolCallDelta(0, 0, "a", "one", '{"city": "Bern"}')


def test_whole_calls_without_ids_are_told_apart_by_their_place() -> None:
    slots = ToolSlots(0)
    slots.add(call("{}", name="one"), 0)
    assert slots.add(call("{}", name="two"), 1) == ToolCallDelta(0, 1, None, "two", "{}")


def test_what_is_no_call_is_ignored() -> None:
    slots = ToolSlots(0)
    assert [slots.add(raw) for raw in (None, 5, "x", [])] == [None] * 4
    assert not slots


def test_the_number_of_calls_is_bounded() -> None:
    slots = ToolSlots(0)
    made = [slots.add(call(id=str(number), name="x")) for number in range(200)]
    assert sum(delta is not None for delta in made) == 128
