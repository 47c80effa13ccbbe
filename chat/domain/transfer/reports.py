"""What came of a transfer, as sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Transfer
from chat.models.transfer import TransferKind, TransferState

# By the word under which readers count it.
LEFT_OUT: dict[str, Callable[[int], str]] = {
    "images": lambda n: ngettext("{count} picture", "{count} pictures", n),
    "files": lambda n: ngettext("{count} file", "{count} files", n),
    "tools": lambda n: ngettext("{count} use of a tool", "{count} uses of tools", n),
    "thoughts": lambda n: ngettext(
        "{count} passage of thoughts", "{count} passages of thoughts", n
    ),
    "instructions": lambda n: ngettext(
        "{count} hidden instruction", "{count} hidden instructions", n
    ),
    "roles": lambda n: ngettext(
        "{count} message of an unknown kind", "{count} messages of unknown kinds", n
    ),
    "empty": lambda n: ngettext("{count} empty conversation", "{count} empty conversations", n),
}


def sentences(row: Transfer) -> list[str]:
    """In the language of the reader; empty while it waits or runs."""
    if row.state == TransferState.FAILED:
        return [str(row.report.get("words") or _("Something went wrong here. Try it again."))]
    if row.state != TransferState.DONE:
        return []
    count = int(row.report.get("conversations", 0))
    words = ngettext("{count} conversation", "{count} conversations", count).format(count=count)
    if row.kind == TransferKind.EXPORT:
        return [words]
    return [_came_in(row, words), *_left_out(row)]


def _came_in(row: Transfer, conversations: str) -> str:
    messages, branches = (int(row.report.get(name, 0)) for name in ("messages", "branches"))
    parts = [
        conversations,
        ngettext("{count} message", "{count} messages", messages).format(count=messages),
    ]
    if branches:
        words = ngettext("{count} other branch", "{count} other branches", branches)
        parts.append(words.format(count=branches))
    return _("Came in: {parts}.").format(parts=", ".join(parts))


def _left_out(row: Transfer) -> list[str]:
    counts = row.report.get("left_out") or {}
    parts = [
        words(counts[name]).format(count=counts[name])
        for name, words in LEFT_OUT.items()
        if counts.get(name)
    ]
    if not parts:
        return []
    return [_("Left out, because it has no place here: {parts}.").format(parts=", ".join(parts))]
