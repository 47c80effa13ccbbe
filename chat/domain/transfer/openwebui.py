"""Open WebUI's export, read: a list of chats, as its settings and its admins' page download it.

Taken from its source, github.com/open-webui/open-webui: src/lib/utils/index.ts (getImportOrigin,
convertOpenAIChats) and src/lib/components/chat/Chat.svelte, which writes the history:

    {"id", "title", "created_at", "updated_at", "archived", "chat": {
        "title", "models": [name], "system" or "params": {"system"}, "timestamp": milliseconds,
        "history": {"currentId": id, "messages": {id: {
            "id", "parentId": id or null, "childrenIds": [id], "role": user | assistant,
            "content": text, "model", "timestamp": seconds, "files", "done", "error"}}},
        "messages": [the shown path, for old versions]}}

Thoughts and calls of tools stand in the content as <details type="reasoning"> and
<details type="tool_calls">.
"""

import re
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models.completion import State
from chat.models.message import Role
from chat.protocol import clean_text

from .builder import Builder, of_dict, of_list, of_text
from .threads import Said, Thread
from .trees import Node
from .values import moment_of
from .words import misplaced

# Up to the next angle bracket only: so hostile text costs no more than its length.
OPENING = re.compile(
    r'<details\s[^<>]*?type="(reasoning|tool_calls|code_interpreter)"[^<>]*>', re.ASCII
)
CLOSING = "</details>"
SUMMARY = re.compile(r"\s*<summary>[^<]{0,500}</summary>")


def read(value: dict[str, Any]) -> Thread:
    """Raises BadFile."""
    chat = of_dict(value.get("chat")) or value
    history = of_dict(chat.get("history"))
    messages = history.get("messages")
    if not messages:
        messages = _in_line(of_list(chat.get("messages")))
    if not isinstance(messages, dict):
        raise misplaced("chat, history, messages", _("There should be an object in braces."))
    begun = moment_of(value.get("created_at")) or moment_of(chat.get("timestamp"))
    builder = Builder(begun or timezone.now())
    nodes = [_node(clean_text(one), it, builder) for one, it in messages.items()]
    system = chat.get("system") or of_dict(chat.get("params")).get("system")
    return builder.thread(
        nodes,
        title=of_text(value.get("title")) or of_text(chat.get("title")),
        shown=of_text(history.get("currentId")),
        updated_at=moment_of(value.get("updated_at")),
        system_prompt=of_text(system),
        archived=value.get("archived") is True,
    )


def _in_line(messages: list[Any]) -> dict[str, Any]:
    """Old versions have the path only, without parents."""
    found: dict[str, Any] = {}
    for number, message in enumerate(messages):
        above = str(number - 1) if number else None
        found[str(number)] = {**of_dict(message), "parentId": above}
    return found


def _node(node_id: str, value: Any, builder: Builder) -> Node:
    if not isinstance(value, dict):
        raise misplaced(f"messages, {node_id[:40]}", _("There should be an object in braces."))
    parent = value.get("parentId")
    if parent is not None and not isinstance(parent, str):
        raise misplaced(f"messages, {node_id[:40]}, parentId", _("There should be text."))
    return Node(node_id, clean_text(parent) if parent else None, _said(value, builder))


def _said(value: dict[str, Any], builder: Builder) -> Said | None:
    role = of_text(value.get("role"))
    for file in of_list(value.get("files")):
        builder.left_out["images" if of_dict(file).get("type") == "image" else "files"] += 1
    if role not in {Role.USER, Role.ASSISTANT}:
        builder.left_out["tools" if role == Role.TOOL else "roles"] += 1
        return None
    text, moment = _text(value.get("content"), builder), moment_of(value.get("timestamp"))
    if role == Role.USER:
        return builder.question(text, moment) if text.strip() else None
    text, reasoning = _taken_apart(text, builder)
    if not text.strip() and not reasoning:
        return None
    failed, done = bool(value.get("error")), value.get("done", True) is not False
    return builder.answer(
        text,
        moment,
        model=of_text(value.get("model")),
        state=State.FAILED if failed else State.COMPLETED if done else State.INTERRUPTED,
        finish_reason="stop" if done and not failed else "",
        reasoning=reasoning,
    )


def _text(content: Any, builder: Builder) -> str:
    """Text, or a list of parts as providers take them."""
    if not isinstance(content, list):
        return of_text(content)
    texts = [of_text(of_dict(part).get("text")) for part in content]
    builder.left_out["images"] += sum(not text for text in texts)
    return "\n\n".join(text for text in texts if text)


def _taken_apart(text: str, builder: Builder) -> tuple[str, str]:
    """The answer, and the thoughts before it, which stand there quoted."""
    thoughts, rest, end = [], [], 0
    while (opening := OPENING.search(text, end)) is not None:
        closing = text.find(CLOSING, opening.end())
        if closing < 0:
            break
        rest.append(text[end : opening.start()])
        if opening.group(1) == "reasoning":
            thoughts.append(_unquoted(text[opening.end() : closing]))
        else:
            builder.left_out["tools"] += 1
        end = closing + len(CLOSING)
    rest.append(text[end:])
    return ("".join(rest).strip() if end else text), "\n\n".join(thoughts)


def _unquoted(text: str) -> str:
    lines = SUMMARY.sub("", text, count=1).strip().splitlines()
    return "\n".join(re.sub(r"^> ?", "", line) for line in lines)
