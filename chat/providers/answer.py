"""From the bytes of a 2xx body to events and one outcome.

What arrives decides how it is read, never what was asked for or what Content-Type says: a JSON
body, JSON lines, a page, or server-sent events.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from chat.providers.chunks import ChunkReader
from chat.providers.envelope import Envelope, read_message
from chat.providers.events import Completed, ErrorCategory, Event, How, Phase, StreamStarted, Usage
from chat.providers.failure import Failure
from chat.providers.json_text import InvalidJSON, one_line, parse
from chat.providers.sniffing import Kind, Sniffer, is_chunk
from chat.providers.sse import ErrorFrame, Frame, Overflow, SSEDecoder, is_done
from chat.providers.taxonomy import categorise

_MAX_BAD_FRAMES = 20
_MAX_HOLLOW_FRAMES = 32


class Loss(Enum):
    """How the bytes ended."""

    EOF = auto()
    BROKEN = auto()
    STALLED = auto()


_LOSSES = {
    Loss.EOF: (ErrorCategory.STREAM_TRUNCATED, "The body ended before the answer did."),
    Loss.BROKEN: (ErrorCategory.STREAM_INTERRUPTED, "The connection broke."),
    Loss.STALLED: (ErrorCategory.STREAM_STALLED, "The provider sent nothing usable in time."),
}


class AnswerReader:
    """Feed it until `outcome` is set, or tell it how the bytes ended."""

    def __init__(
        self, *, max_reply_bytes: int, is_html: bool = False, request_id: str | None = None
    ) -> None:
        self.outcome: Completed | Failure | None = None
        self.progress = 0
        self._chunks = ChunkReader(max_reply_bytes)
        self._sniffer = Sniffer(is_html=is_html)
        self._decoder: SSEDecoder | None = None
        self._request_id = request_id
        self._started = False
        self._bad = 0
        self._hollow = 0

    @property
    def finished(self) -> bool:
        return self._chunks.finished

    @property
    def delivered(self) -> bool:
        return self._started

    @property
    def usage(self) -> Usage | None:
        return self._chunks.usage

    def feed(self, data: bytes) -> None:
        if self._decoder is None:
            data = self._sniff(data)
        if data and self._decoder is not None:
            self._read_frames(self._decoder.feed(data))

    def end(self, loss: Loss) -> None:
        """The bytes are over. An answer that had finished is not failed by how they ended."""
        if self._decoder is None and self.outcome is None:
            self._end_of_body(loss)
        if self._decoder is not None:
            self._read_frames(self._decoder.finish())
        if self.outcome is None:
            self._end_of_stream(loss)

    def take(self) -> list[Event]:
        """The events so far. Until the first delta they are held: a retry may replace them."""
        events = self._chunks.out
        if not self._started:
            if not (self._chunks.delivered or isinstance(self.outcome, Completed)):
                return []
            self._started = True
            events = [self._start(), *events]
        self._chunks.out = []
        return events

    def refuse(self, detail: str) -> None:
        """The bytes cannot be made readable."""
        self._lose_or_fail(detail)

    def _start(self) -> StreamStarted:
        about = self._chunks.about
        return StreamStarted(
            streamed=self._decoder is not None,
            response_id=about.get("id"),
            model=about.get("model"),
            request_id=self._request_id,
            system_fingerprint=about.get("system_fingerprint"),
        )

    def _sniff(self, data: bytes) -> bytes:
        kind = self._sniffer.feed(data)
        if kind is Kind.STREAM:
            self._decoder = SSEDecoder()
            return self._sniffer.take()
        if kind is Kind.PAGE:
            page = self._sniffer.take().decode("utf-8", "replace")
            self._fail(ErrorCategory.UPSTREAM_ERROR, f"A page came: {one_line(page)}")
        elif kind is Kind.TOO_LARGE:
            self._fail(ErrorCategory.BAD_RESPONSE, "The body is too large.")
        elif kind is Kind.JSON:
            self.progress += 1
        return b""

    def _read_frames(self, frames: list[Frame]) -> None:
        for frame in frames:
            if type(frame) is str:
                self._read_frame(frame)
            elif isinstance(frame, ErrorFrame):
                self._fail_as(read_message(_parsed_or_text(frame.data)))
            elif isinstance(frame, Overflow):
                self._lose_or_fail("An event is larger than 8 MiB.")
            if self.outcome is not None:
                return

    def _read_frame(self, frame: str) -> None:
        try:
            chunk = parse(frame)
            if chunk and type(chunk) is dict:
                self._hollow = 0
                self.progress += 1
                self._read_chunk(chunk)
            elif chunk is None or chunk == {}:
                self._count_hollow()
            else:
                self._count_bad()
        except (InvalidJSON, TypeError, AttributeError):
            if is_done(frame):
                self._end_of_done()
            else:
                self._count_bad()

    def _read_chunk(self, chunk: dict[str, Any]) -> None:
        chunks = self._chunks
        chunks.read(chunk)
        if chunks.error is not None:
            self._fail_as(chunks.error)
        elif chunks.full:
            self._complete("done")

    def _count_bad(self) -> None:
        self._bad += 1
        if self._bad > _MAX_BAD_FRAMES:
            self._lose_or_fail("Too many frames could not be read.")

    def _count_hollow(self) -> None:
        self._hollow += 1
        if self._hollow > _MAX_HOLLOW_FRAMES:
            self._lose_or_fail("Too many frames in a row held nothing.")

    def _end_of_body(self, loss: Loss) -> None:
        """No stream was seen: the bytes are one JSON body, or nothing."""
        text = self._sniffer.take().decode("utf-8", "replace")
        if not text.strip():
            return
        try:
            body = parse(text)
        except InvalidJSON:
            if loss is Loss.EOF:
                self._fail(ErrorCategory.BAD_RESPONSE, f"Not JSON: {one_line(text)}")
            return
        if is_chunk(body):
            self._decoder = SSEDecoder()
            self._read_frame(text)
        else:
            self._read_body(body[0] if isinstance(body, list) and len(body) == 1 else body)

    def _read_body(self, body: object) -> None:
        if not isinstance(body, dict):
            self._fail(ErrorCategory.BAD_RESPONSE, "The body is not a JSON object.")
            return
        try:
            self._read_chunk(body)
        except (TypeError, AttributeError):
            self._fail(ErrorCategory.BAD_RESPONSE, "The body has an unexpected shape.")
        if self.outcome is None:
            self._end_of_done()

    def _end_of_done(self) -> None:
        self._chunks.close_usage()
        if self._bad and not self.finished:
            self._fail(ErrorCategory.BAD_RESPONSE, "Frames could not be read.")
        elif not self._chunks.has_choices:
            self._fail(ErrorCategory.EMPTY_RESPONSE, "The answer has no choices.")
        else:
            self._complete("done")

    def _end_of_stream(self, loss: Loss) -> None:
        if self.finished and loss is Loss.EOF:
            self._chunks.close_usage()
        if self.finished:
            self._complete("eof" if loss is Loss.EOF else "lost_after_finish")
        elif loss is Loss.EOF and (self._bad or self._is_strange()):
            self._fail(ErrorCategory.BAD_RESPONSE, "Frames could not be read.")
        elif loss is Loss.EOF and not self._chunks.has_choices:
            self._fail(ErrorCategory.EMPTY_RESPONSE, "The answer is empty.")
        else:
            self._fail(*_LOSSES[loss])

    def _is_strange(self) -> bool:
        strange = self._decoder is not None and self._decoder.strange_lines > 0
        return strange and not self.progress

    def _complete(self, how: How) -> None:
        self._chunks.close()
        warnings = {"bad_frames": self._bad, "size_limit": self._chunks.full}
        names = frozenset(name for name, seen in warnings.items() if seen)
        self.outcome = Completed(how, self._chunks.usage, names)

    def _lose_or_fail(self, detail: str) -> None:
        """Rubbish after the answer had finished costs nothing."""
        if self.finished:
            self._complete("lost_after_finish")
        else:
            self._fail(ErrorCategory.BAD_RESPONSE, detail)

    def _fail_as(self, envelope: Envelope) -> None:
        self.outcome = Failure.from_envelope(categorise(200, envelope), "stream", envelope)

    def _fail(self, category: ErrorCategory, detail: str) -> None:
        phase: Phase = "body" if self._decoder is None else "stream"
        self.outcome = Failure(category, phase, detail)


def _parsed_or_text(data: str) -> object:
    try:
        return parse(data)
    except InvalidJSON:
        return data
