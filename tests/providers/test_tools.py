"""Tool calls put together from their pieces."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers.events import ToolCallDelta
from chat.providers.tools import ToolSlots


def call(arguments: Any = "", **fields: Any) -> dict[str, Any]:
    name = fields.pop("name", None)
    return {**fields, "function": {"name": name, "arguments": arguments}}


def add(slots: ToolSlots, raw: object) -> ToolCallDelta | None:
    return next(iter(slots.add_all([raw])), None)


def test_parallel_calls_that_share_an_index_are_told_apart_by_id() -> None:
    slots = ToolSlots(0)
    assert add(slots, call("{}", id="a", index=0, name="one")) == ToolCallDelta(
        0, 0, "a", "one", "{}"
    )
    assert add(slots, call("{}", id="b", index=0, name="two")) == ToolCallDelta(
        0, 1, "b", "two", "{}"
    )
    assert add(slots, call("!", id="a", index=0)) == ToolCallDelta(0, 0, None, None, "!")


def test_a_piece_with_neither_id_nor_index_belongs_to_the_last_call() -> None:
    slots = ToolSlots(2)
    add(slots, call("{", id="a", name="one"))
    assert add(slots, call("}")) == ToolCallDelta(2, 0, None, None, "}")


def test_an_id_that_comes_late_is_taken_up_once() -> None:
    slots = ToolSlots(0)
    add(slots, call("{", index=0, name="one"))
    assert add(slots, call("}", index=0, id="a")) == ToolCallDelta(0, 0, "a", None, "}")
    assert add(slots, call("", index=0, id="a")) is None


def test_a_repeated_name_is_not_appended() -> None:
    slots = ToolSlots(0)
    add(slots, call(index=0, name="one"))
    assert add(slots, call("{", index=0, name="one")) == ToolCallDelta(0, 0, None, None, "{")


def test_arguments_given_as_an_object_are_written_out() -> None:
    delta = add(ToolSlots(0), call({"city": "Bern"}, id="a", name="one"))
    assert delta == ToolCallDelta(0, 0, "a", "one", '{"city": "Bern"}')


@pytest.mark.parametrize("call_id", [None, "0"])
def test_whole_calls_are_told_apart_by_their_place_even_under_one_id(call_id: str | None) -> None:
    calls = [call("{}", id=call_id, name=name) for name in ("one", "two", "two")]
    assert ToolSlots(0).add_all(calls, whole=True) == [
        ToolCallDelta(0, 0, call_id, "one", "{}"),
        ToolCallDelta(0, 1, call_id, "two", "{}"),
        ToolCallDelta(0, 2, call_id, "two", "{}"),
    ]


def test_a_loose_piece_that_names_another_call_begins_that_one() -> None:
    slots = ToolSlots(0)
    assert [delta.slot for delta in slots.add_all([call("{}", name=n) for n in "ab"])] == [0, 1]
    assert add(slots, call("{}", name="c")) == ToolCallDelta(0, 2, None, "c", "{}")
    assert add(slots, call("!", name="c")) == ToolCallDelta(0, 2, None, None, "!")


def test_another_name_at_another_index_is_another_call_even_under_the_same_id() -> None:
    slots = ToolSlots(0)
    slots.add_all([call("{}", id="x", index=0, name="one")])
    found = add(slots, call("{}", id="x", index=1, name="two"))
    assert found == ToolCallDelta(0, 1, "x", "two", "{}")
    assert add(slots, call("!", id="x", index=1)) == ToolCallDelta(0, 1, None, None, "!")


def test_an_index_may_be_digits_in_a_string() -> None:
    slots = ToolSlots(0)
    slots.add_all([call(index="0", id="a", name="one"), call(index="1", id="b", name="two")])
    assert add(slots, call("{", index="0")) == ToolCallDelta(0, 0, None, None, "{")


def test_what_is_no_call_is_ignored() -> None:
    slots = ToolSlots(0)
    assert slots.add_all([None, 5, "x", []]) == []
    assert not slots


def test_the_number_of_calls_is_bounded() -> None:
    slots = ToolSlots(0)
    made = [add(slots, call(id=str(number), name="x")) for number in range(200)]
    assert sum(delta is not None for delta in made) == 128
