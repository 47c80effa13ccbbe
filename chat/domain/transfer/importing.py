"""A file into conversations: one at a time, hidden, shown together at the end or not at all."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from chat import crypto
from chat.domain import audit
from chat.models import Conversation, Transfer
from chat.models.audit_event import Verb
from chat.models.transfer import TransferState

from . import files, jobs, storing
from .incoming import Incoming, threads
from .threads import Thread
from .words import BadFile

AT_ONCE = 100


class Import:
    """As an Export. `read` raises BadFile; what was stored by then goes with `give_up`."""

    def __init__(self, row: Transfer) -> None:
        self._row = row
        self._language = str(row.report.get("language") or "")
        self._times: list[datetime] = []
        self._sums: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._incoming: Incoming | None = None
        self._store: storing.Store | None = None
        self._threads = self._read()
        # Of a node that died with this transfer.
        self._leftovers = True

    def read(self) -> bool:
        """Nothing as long as a long conversation is still being stored."""
        if self._store is not None:
            return True
        with translation.override(self._language):
            self._incoming = next(self._threads, None)
        return self._incoming is not None

    def write(self) -> bool:
        """A part of a conversation, empty ones left out. False: it is not this node's any more."""
        assert self._incoming is not None
        if self._leftovers:
            self._leftovers = False
            self._discard_leftovers()
        if self._store is None:
            self._begin(self._incoming.thread)
        if self._store is not None and not self._store.step():
            self._store = None
        return jobs.advance(self._row, self._incoming.done, self._incoming.total)

    def _begin(self, thread: Thread) -> None:
        self._left_out.update(thread.left_out)
        if not thread.messages:
            self._left_out["empty"] += 1
            return
        self._store = storing.Store(self._row.user, thread, self._id(len(self._times)))
        self._times.append(thread.updated_at)
        self._sums.update(
            conversations=1, messages=len(thread.messages), branches=thread.branches - 1
        )

    def finish(self) -> None:
        self._finish()
        files.remove(self._row.id)

    @transaction.atomic
    def _finish(self) -> None:
        """Raises BadFile when something was removed meanwhile."""
        told = {**self._sums, "left_out": +self._left_out}
        if not jobs.end(self._row, TransferState.DONE, told):
            raise BadFile(_("The import was cancelled."))
        if storing.publish(self._ids(), self._times) != len(self._times):
            raise BadFile(_("The import took too long. Try it with a smaller file."))
        audit.record(Verb.IMPORTED, self._row.user, self._row, details=dict(self._sums))

    def give_up(self) -> None:
        ids = self._ids()
        for place in range(0, len(ids), AT_ONCE):
            storing.discard(ids[place : place + AT_ONCE])
        files.remove(self._row.id)

    def _read(self) -> Iterator[Incoming]:
        try:
            reader = files.Reader(self._row.id)
            # As it is, it gives less than it is asked for where one of its pieces ends.
            with io.BufferedReader(reader, files.PIECE) as upload:
                yield from threads(upload, reader.size)
        except (crypto.SealError, FileNotFoundError):
            raise BadFile(_("The file is not there any more. Upload it again.")) from None

    def _id(self, number: int) -> UUID:
        return storing.conversation_id(self._row.id, number)

    def _ids(self) -> list[UUID]:
        return [self._id(number) for number in range(len(self._times))]

    def _discard_leftovers(self) -> None:
        place = 0
        while Conversation.with_deleted.filter(id=self._id(place)).exists():
            storing.discard([self._id(number) for number in range(place, place + AT_ONCE)])
            place += AT_ONCE
