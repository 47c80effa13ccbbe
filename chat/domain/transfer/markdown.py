"""A conversation for people to read: the shown path as Markdown, other branches counted."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models.message import Role

from .threads import Said, Thread


def markdown(thread: Thread) -> Iterator[str]:
    """Piece by piece. Texts are as they were written: they are Markdown themselves."""
    models = {call.number: call.model for call in thread.calls}
    path = thread.path()
    yield f"# {_one_line(thread.title) or _('Untitled')}\n\n{_about(thread)}\n"
    if thread.system_prompt:
        yield f"\n## {_('Instructions')}\n\n{_quoted(thread.system_prompt)}\n"
    for said in path:
        yield _turn(said, models.get(said.call or 0, ""))
    others = len(thread.messages) - len(path)
    if others:
        words = ngettext(
            "{count} message of other branches is not shown here. The JSON export has all of them.",
            "{count} messages of other branches are not shown here. "
            "The JSON export has all of them.",
            others,
        )
        yield f"\n---\n\n*{words.format(count=others)}*\n"


def _about(thread: Thread) -> str:
    words = _("Begun by {name}: {begun} · Last written in: {last}")
    return words.format(
        name=_one_line(thread.owner), begun=_time(thread.created_at), last=_time(thread.updated_at)
    )


def _turn(said: Said, model: str) -> str:
    parts = [f"\n## {_who(said, model)} · {_time(said.created_at)}\n"]
    parts += [f"\n*{_('File: {name}').format(name=_one_line(file.name))}*\n" for file in said.files]
    if said.reasoning:
        parts.append(f"\n{_quoted(said.reasoning)}\n")
    if said.text:
        parts.append(f"\n{said.text}\n")
    for use in said.tools:
        asked = f"{use.name} {use.arguments}\n{use.result}".rstrip()
        parts.append(f"\n{fenced(asked)}\n")
    for remark in said.comments:
        name = remark.author or _("Somebody who is not here any more")
        words = _("Comment of {name}:").format(name=_one_line(name))
        parts.append(f"\n{_quoted(f'**{words}** {remark.text}')}\n")
    return "".join(parts)


def _who(said: Said, model: str) -> str:
    if said.role == Role.USER:
        return _one_line(said.author) or _("Somebody who is not here any more")
    return _one_line(model) or str(Role(said.role).label)


def _time(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def fenced(text: str, language: str = "") -> str:
    """As code; the fence is longer than any row of backticks within."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
