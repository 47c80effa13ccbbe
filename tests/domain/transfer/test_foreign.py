"""What ChatGPT and Open WebUI export comes in as it was; what is broken is refused in words."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.domain.transfer import splitting
from chat.domain.transfer.incoming import thread_of
from chat.domain.transfer.threads import Thread
from chat.domain.transfer.words import BadFile
from tests.domain.transfer.scene import read, refused


def gpt(role: str, text: Any, parent: str | None, at: float = 1_700_000_000.0, **more: Any) -> Any:
    content = {"content_type": "text", "parts": [text]} if isinstance(text, str) else text
    message = {"author": {"role": role}, "create_time": at, "content": content, **more}
    return {"parent": parent, "children": [], "message": message}


CHATGPT = {
    "title": "Trip",
    "create_time": 1_700_000_000.5,
    "update_time": 1_700_000_100,
    "current_node": "d",
    "mapping": {
        "root": {"parent": None, "children": ["sys"], "message": None},
        "sys": gpt("system", "", "root"),
        "a": gpt("user", "Where to?", "sys"),
        "tool": gpt("assistant", "search()", "a", recipient="browser"),
        "found": gpt("tool", "pages", "tool"),
        "b": gpt("assistant", "To Bern.", "found", metadata={"model_slug": "gpt-4o"}),
        "c": gpt("assistant", "To Basel.", "a", 1_700_000_009.0, metadata={"model_slug": "o1"}),
        "d": gpt(
            "user",
            {
                "content_type": "multimodal_text",
                "parts": [{"content_type": "image_asset_pointer"}, "This?"],
            },
            "b",
            1_700_000_020.0,
        ),
        "e": gpt("wizard", "Abracadabra", "d"),
    },
}


def shape(thread: Thread) -> list[tuple[str, str, int | None]]:
    return [(said.role, said.text, said.parent) for said in thread.messages]


def test_chatgpt_with_branches_tools_and_pictures() -> None:
    [thread] = read([CHATGPT])
    assert shape(thread) == [
        ("user", "Where to?", None),
        ("assistant", "To Bern.", 1),
        ("assistant", "To Basel.", 1),
        ("user", "This?", 2),
    ]
    assert (thread.title, thread.shown, thread.model) == ("Trip", 4, "o1")
    assert [call.model for call in thread.calls] == ["gpt-4o", "o1"]
    assert thread.left_out == {"tools": 2, "images": 1, "roles": 1}
    assert thread.created_at.isoformat() == "2023-11-14T22:13:20.500000+00:00"


def test_chatgpts_canvas_and_marks_come_in_as_they_were_seen() -> None:
    cite, map_of = "\ue200cite\ue202turn0search1\ue201", "\ue200i\ue202turn0image2\ue201"
    entity = '\ue200entity\ue202["city", "Bern", 0]\ue201'
    told = f"\ue203{entity} is old {cite}. {map_of}\nGo\ue204 \ue200cite\ue202turn9\ue201!"
    references = [
        {"matched_text": cite, "alt": "([Guide](https://example.org/))"},
        {"matched_text": " ", "alt": ""},
        5,
    ]
    plan = json.dumps({"name": "plan.py", "type": "code/python", "content": "go('```')"})
    anew = json.dumps({"updates": [{"pattern": ".*", "replacement": "stay()"}]})
    part = json.dumps({"updates": [{"pattern": "s.*", "replacement": "x"}]})
    picture = {
        "content_type": "multimodal_text",
        "parts": [{"content_type": "image_asset_pointer"}],
    }
    mapping = {
        "a": gpt("assistant", told, None, metadata={"content_references": references}),
        "b": gpt("assistant", plan, "a", recipient="canmore.create_textdoc"),
        "c": gpt("tool", "Successfully created", "b"),
        "d": gpt("assistant", anew, "c", recipient="canmore.update_textdoc"),
        "e": gpt("assistant", part, "d", recipient="canmore.update_textdoc"),
        "f": gpt("tool", picture, "e"),
    }
    [thread] = read({"title": None, "is_archived": True, "mapping": mapping})
    assert [said.text for said in thread.messages] == [
        "Bern is old ([Guide](https://example.org/)).\nGo!",
        "**plan.py**\n\n````python\ngo('```')\n````",
        "```python\nstay()\n```",
    ]
    assert thread.left_out == {"tools": 2, "images": 1}
    assert (thread.archived, thread.titled) == (True, False)


def thinking(*thoughts: tuple[str, str], parent: str) -> Any:
    content = {
        "content_type": "thoughts",
        "thoughts": [{"summary": head, "content": text} for head, text in thoughts],
    }
    return gpt("assistant", content, parent)


def test_chatgpts_thoughts_come_in_with_the_answer_that_follows() -> None:
    recap = {"content_type": "reasoning_recap", "content": "Thought for 9 seconds"}
    mapping = {
        "q": gpt("user", "Where?", None),
        "t1": thinking(("Maps", "Look north."), ("", ""), parent="q"),
        "tool": gpt("assistant", "search()", "t1", recipient="web"),
        "t2": thinking(("", "Or south."), parent="tool"),
        "r": gpt("assistant", recap, "t2"),
        "a": gpt("assistant", "To Bern.", "r"),
        "again": gpt("assistant", "To Basel.", "r", 1_700_000_009.0),
        "t3": thinking(("Stopped", ""), parent="a"),
        "q2": gpt("user", "And then?", "t3"),
        "t4": thinking(("Hm", ""), parent="q2"),
    }
    [thread] = read({"mapping": mapping})
    assert [(said.text, said.reasoning) for said in thread.messages] == [
        ("Where?", ""),
        ("To Bern.", "Maps\n\nLook north.\n\nOr south."),
        ("And then?", ""),
        ("To Basel.", ""),
    ]
    assert thread.left_out == {"tools": 1, "thoughts": 2}


def test_open_webui_with_thoughts() -> None:
    answer = (
        '<details type="reasoning" done="true" duration="2">\n<summary>Thought for 2 seconds'
        "</summary>\n> Hm.\n> Yes.\n</details>\nTo Bern."
    )
    messages = {
        "u": {"parentId": None, "role": "user", "content": "Where?", "timestamp": 1_700_000_000},
        "a": {
            "parentId": "u",
            "role": "assistant",
            "content": answer,
            "model": "llama3:8b",
            "timestamp": 1_700_000_003,
        },
        "x": {"parentId": "u", "role": "assistant", "content": "", "error": {"content": "no"}},
    }
    chat = {"title": "Trip", "history": {"messages": messages, "currentId": "a"}}
    [thread] = read([{"title": "Trip", "updated_at": 1_700_000_005, "chat": chat}])
    assert shape(thread) == [("user", "Where?", None), ("assistant", "To Bern.", 1)]
    [_question, said] = thread.messages
    assert (said.reasoning, thread.shown, thread.model) == ("Hm.\nYes.", 2, "llama3:8b")


def test_an_old_open_webui_with_messages_in_line() -> None:
    lines = [{"role": "user", "content": "One"}, {"role": "assistant", "content": "Two"}]
    chat = {"history": {"messages": {}, "currentId": None}, "messages": lines}
    [thread] = read([{"archived": True, "chat": chat}])
    assert shape(thread) == [("user", "One", None), ("assistant", "Two", 1)]
    assert (thread.title, thread.titled, thread.archived) == ("One", False, True)


def test_several_beginnings_and_missing_parents_are_kept() -> None:
    mapping = {"a": gpt("user", "One", None), "b": gpt("user", "Two", "nobody")}
    [thread] = read({"mapping": mapping})
    assert shape(thread) == [("user", "One", None), ("user", "Two", None)]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"mapping": {"a": gpt("user", "x", "b"), "b": gpt("user", "y", "a")}}, "in a circle"),
        ({"mapping": {"a": gpt("user", "x", "a")}}, "in a circle"),
        ({"mapping": {"a": 5}}, "At “mapping, a”: There should be an object"),
        ({"something": "else"}, "not a conversation of Chatsite, ChatGPT or Open WebUI"),
        ([], "There is no conversation in this file."),
        (b"", "Line 1: The file ends too early."),
        (b'[{"mapping": {}},\n 5]', "Line 2: A conversation should stand here, in braces."),
        (b'[{"mapping": {}},\n{"a": \n tru}]', "Line 3: This is not JSON"),
        (b'[\n{"mapping": ', "Line 2: The file ends too early."),
        (b"\xff\xfe[]", "Line 1: From here on it is not text in UTF-8."),
        (b'{"a": NaN}', "Line 1: A number or a list is larger than it may be."),
        (b'{"a":' + b"[" * 300 + b"]" * 300 + b"}", "too many parts"),
        (b'[{"mapping": {}}{}]', "Line 1: A conversation should stand here, in braces."),
        (b"<html>", "Line 1: A conversation should stand here, in braces."),
    ],
)
def test_broken_files_are_refused_with_the_place(value: Any, words: str) -> None:
    assert words in refused(value)


MEMBERS = [
    "message",
    "parent",
    "author",
    "role",
    "content",
    "parts",
    "create_time",
    "parentId",
    "thoughts",
    "timestamp",
    "files",
    "metadata",
    "a",
    "b",
    "text",
    "number",
]
TOP_MEMBERS = [
    "mapping",
    "chat",
    "history",
    "messages",
    "title",
    "current_node",
    "create_time",
    "calls",
    "format",
    "version",
    "updated_at",
    "created_at",
    "shown",
    "parameters",
]
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["user", "assistant", "a", "b", "\ud800", "\x00", 1e300, "all"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
TOP = st.dictionaries(
    st.sampled_from(TOP_MEMBERS),
    JUNK | st.sampled_from(["chatsite-conversation", 1, "2026-01-01T00:00:00Z"]),
    max_size=8,
)


@settings(max_examples=400, deadline=None)
@given(value=TOP)
def test_whatever_stands_in_it_is_taken_or_refused(value: dict[str, Any]) -> None:
    """Wrong types, circles, halves of characters, endless numbers: at most a sentence."""
    try:
        thread = thread_of(value)
    except BadFile:
        return
    numbers = [said.number for said in thread.messages]
    assert all(said.parent is None or said.parent < said.number for said in thread.messages)
    assert len(set(numbers)) == len(numbers)
    text = "".join(said.text for said in thread.messages)
    assert b"\x00" not in text.encode()


@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(TOP | st.dictionaries(st.text(max_size=3), st.text(max_size=5)), max_size=4),
    cut=st.integers(0, 400),
    indent=st.sampled_from([None, 1]),
)
def test_splitting_finds_what_a_json_reader_finds(
    values: list[Any], cut: int, indent: int | None
) -> None:
    data = json.dumps(values, indent=indent, allow_nan=True).encode()

    class Slow(BytesIO):
        """Gives a few bytes at a time."""

        def read(self, _size: int | None = -1) -> bytes:
            return super().read(cut % 7 + 1)

    found = [element.text for element in splitting.elements(Slow(data))]
    assert [json.loads(text) for text in found] == json.loads(data) or "NaN" in data.decode()
    if cut < len(data):
        with pytest.raises(BadFile):
            list(splitting.elements(BytesIO(data[:cut])))
