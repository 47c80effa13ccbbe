"""ChatGPT's export, read: a zip with `conversations.json`, newer ones `conversations-000.json` …

OpenAI does not document the format. It was taken from what readers of it agree on: the notes and
types of github.com/mitkury/chatgpt-export-parser (docs/chatgpt-data-export-format.md) and
Open WebUI's own import (src/lib/utils/index.ts, convertOpenAIMessages). A list of conversations:

    {"title", "create_time", "update_time", "current_node": id, "mapping": {id: node}}
    node: {"id", "parent": id or null, "children": [id], "message": null or
           {"author": {"role": user | assistant | system | tool}, "create_time": seconds,
            "content": {"content_type", "parts": [text or object], "text",
                        "thoughts": [{"summary", "content"}]},
            "status", "recipient": "all" or a tool, "metadata": {"model_slug",
            "finish_details": {"type"}, "attachments", "is_visually_hidden_from_conversation"}}}

The first nodes are empty or hidden. Regenerated answers and edited questions are siblings.
Documents on the canvas are calls of a tool (chat.domain.transfer.canvas), sources and names are
marks in the text (chat.domain.transfer.marks).
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models.completion import State
from chat.models.message import Role
from chat.protocol import clean_text

from . import marks
from .builder import Builder, of_dict, of_list, of_text
from .canvas import Canvas
from .markdown import fenced
from .threads import Thread
from .trees import Node
from .values import moment_of
from .words import misplaced

HIDDEN = {"user_editable_context", "model_editable_context", "reasoning_recap", "thoughts"}
FINISHED = {"stop": "stop", "max_tokens": "length"}


def read(value: dict[str, Any]) -> Thread:
    """Raises BadFile."""
    mapping = value.get("mapping")
    if not isinstance(mapping, dict):
        raise misplaced("mapping", _("There should be an object in braces."))
    begun = moment_of(value.get("create_time")) or timezone.now()
    builder, canvas = Builder(begun), Canvas()
    nodes = [_node(clean_text(one), node, builder, canvas) for one, node in mapping.items()]
    return builder.thread(
        nodes,
        title=of_text(value.get("title")),
        shown=of_text(value.get("current_node")),
        updated_at=moment_of(value.get("update_time")),
        archived=value.get("is_archived") is True,
    )


def _node(node_id: str, value: Any, builder: Builder, canvas: Canvas) -> Node:
    if not isinstance(value, dict):
        raise misplaced(f"mapping, {node_id[:40]}", _("There should be an object in braces."))
    parent = value.get("parent")
    if parent is not None and not isinstance(parent, str):
        raise misplaced(f"mapping, {node_id[:40]}, parent", _("There should be text."))
    message = value.get("message")
    said = _said(of_dict(message), builder, canvas) if message is not None else None
    above = clean_text(parent) if parent else None
    return Node(node_id, above, said, _thoughts(of_dict(message)))


def _thoughts(message: dict[str, Any]) -> tuple[str, ...]:
    """Before an answer; each has a headline and a text."""
    found = [of_dict(it) for it in of_list(of_dict(message.get("content")).get("thoughts"))]
    pairs = [(of_text(it.get("summary")), of_text(it.get("content"))) for it in found]
    texts = ["\n\n".join(part for part in pair if part.strip()) for pair in pairs]
    return tuple(text for text in texts if text)


def _said(message: dict[str, Any], builder: Builder, canvas: Canvas) -> Any:
    content, metadata = of_dict(message.get("content")), of_dict(message.get("metadata"))
    role = of_text(of_dict(message.get("author")).get("role"))
    document = _document(message, role, content, canvas)
    reason = _reason_against(message, role, of_text(content.get("content_type")), metadata)
    if reason is not None and document is None:
        _left_out(reason, content, builder.left_out)
        return None
    text = document if document is not None else _text(content, builder.left_out)
    builder.left_out["files"] += _files(metadata)
    if not text.strip():
        return None
    moment = moment_of(message.get("create_time"))
    if role == Role.USER:
        return builder.question(text, moment)
    text = marks.shown(text, of_list(metadata.get("content_references")))
    return _answer(message, metadata, text, moment, builder)


def _document(
    message: dict[str, Any], role: str, content: dict[str, Any], canvas: Canvas
) -> str | None:
    if role != Role.ASSISTANT:
        return None
    asked = content.get("text") or "".join(map(of_text, of_list(content.get("parts"))))
    return canvas.text(of_text(message.get("recipient")), of_text(asked))


def _files(metadata: dict[str, Any]) -> int:
    """Pictures are counted where they stand in the text."""
    kinds = [of_dict(one).get("mime_type") for one in of_list(metadata.get("attachments"))]
    return sum(not str(kind).startswith("image/") for kind in kinds)


def _left_out(reason: str, content: dict[str, Any], left_out: Counter[str]) -> None:
    """A tool that made pictures is missed for these."""
    if not reason:
        return
    kinds = [str(of_dict(part).get("content_type")) for part in of_list(content.get("parts"))]
    pictures = sum("image" in kind for kind in kinds)
    left_out["images" if pictures else reason] += pictures or 1


def _reason_against(
    message: dict[str, Any], role: str, kind: str, metadata: dict[str, Any]
) -> str | None:
    """Why nothing is taken of it: empty when nobody would miss it; None: it is taken."""
    if kind in HIDDEN or metadata.get("is_visually_hidden_from_conversation") is True:
        return ""
    if role == Role.SYSTEM:
        return "instructions" if _text(of_dict(message.get("content")), Counter()).strip() else ""
    if role == Role.TOOL or (role == Role.ASSISTANT and message.get("recipient", "all") != "all"):
        return "tools"
    return "roles" if role not in {Role.USER, Role.ASSISTANT} else None


def _text(content: dict[str, Any], left_out: Counter[str]) -> str:
    """Of all parts that are text; spoken words have their transcript."""
    texts = []
    for part in of_list(content.get("parts")):
        if isinstance(part, str):
            texts.append(clean_text(part))
        elif isinstance(part, dict):
            spoken = part.get("text")
            if isinstance(spoken, str):
                texts.append(clean_text(spoken))
            else:
                left_out["images" if "image" in str(part.get("content_type")) else "files"] += 1
    text = "\n\n".join(piece for piece in texts if piece)
    if not text and isinstance(content.get("text"), str):
        text = clean_text(content["text"])
        if content.get("content_type") == "code" and text.strip():
            return fenced(text)
    return text


def _answer(
    message: dict[str, Any],
    metadata: dict[str, Any],
    text: str,
    moment: datetime | None,
    builder: Builder,
) -> Any:
    ended = of_text(of_dict(metadata.get("finish_details")).get("type"))
    stopped = ended == "interrupted" or message.get("status") == "finished_partial_completion"
    return builder.answer(
        text,
        moment,
        model=of_text(metadata.get("model_slug")),
        state=State.STOPPED if stopped else State.COMPLETED,
        finish_reason="" if stopped else FINISHED.get(ended, "stop"),
    )
