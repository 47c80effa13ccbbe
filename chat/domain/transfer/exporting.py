"""All of a person's conversations as a zip: JSON and Markdown of each, and an index."""

import json
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat.models import Conversation, Transfer
from chat.models.transfer import TransferState

from . import files, jobs
from .document import document
from .markdown import markdown
from .names import safe_name
from .rows import thread_of

# Seconds of reading in one step.
STEP = 0.2


class Export:
    """Made and used by one node: `read` and `write` in turns until `read` is False, then `finish`.

    One conversation at a time is in memory, and one file of it.
    """

    def __init__(self, row: Transfer) -> None:
        self._row = row
        self._now = timezone.now()
        self._language = str(row.report.get("language") or "")
        self._ids = self._chosen()
        self._writer = files.Writer(row.id)
        self._zip = zipfile.ZipFile(self._writer, "w", zipfile.ZIP_DEFLATED)
        self._index: list[dict[str, object]] = []
        self._done = 0

    def read(self) -> bool:
        """Packs some conversations; False: that was all."""
        if self._done == len(self._ids):
            return False
        until = time.monotonic() + STEP
        with translation.override(self._language):
            while self._done < len(self._ids) and time.monotonic() < until:
                self._pack(self._ids[self._done])
                self._done += 1
        return True

    def write(self) -> bool:
        return jobs.advance(self._row, self._done, len(self._ids))

    def finish(self) -> None:
        with translation.override(self._language):
            self._add("index.json", iter([json.dumps(self._index, ensure_ascii=False, indent=1)]))
            self._add("index.md", self._contents())
        self._zip.close()
        self._writer.finish()
        size = files.path_of(self._row.id).stat().st_size
        told = {"conversations": len(self._index), "bytes": size * 3 // 4, "chosen": None}
        if not jobs.end(self._row, TransferState.DONE, told):
            files.remove(self._row.id)

    def give_up(self) -> None:
        self._writer.give_up()

    def _chosen(self) -> list[UUID]:
        rows = Conversation.objects.filter(owner=self._row.user, temporary=False)
        chosen = self._row.report.get("chosen")
        if chosen is not None:
            rows = rows.filter(id__in=chosen)
        return list(rows.order_by("created_at", "id").values_list("id", flat=True))

    def _pack(self, conversation_id: UUID) -> None:
        rows = Conversation.objects.select_related("owner", "language_model")
        conversation = rows.filter(id=conversation_id, owner=self._row.user).first()
        if conversation is None:
            return
        thread = thread_of(conversation)
        number = len(self._index) + 1
        name = f"conversations/{number:04} {safe_name(thread.title, '')[:-1]}"
        self._add(f"{name}.json", document(thread, self._now))
        self._add(f"{name}.md", markdown(thread))
        self._index.append(
            {
                "file": f"{name}.json",
                "title": thread.title,
                "updated_at": thread.updated_at.isoformat(),
                "messages": len(thread.messages),
            }
        )

    def _add(self, name: str, pieces: Iterator[str]) -> None:
        info = zipfile.ZipInfo(name, _zip_time(self._now))
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(info, "w") as entry:
            for piece in pieces:
                entry.write(piece.encode())

    def _contents(self) -> Iterator[str]:
        yield f"# {_('Your conversations')}\n\n"
        for one in self._index:
            title = " ".join(str(one["title"]).split()) or _("Untitled")
            yield f"- {title} ({str(one['updated_at'])[:10]}): {one['file']}\n"


def _zip_time(moment: datetime) -> tuple[int, int, int, int, int, int]:
    local = timezone.localtime(moment)
    return (local.year, local.month, local.day, local.hour, local.minute, local.second)
