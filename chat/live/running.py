"""A reply that this node is writing: what has arrived, what is stored, how it is to end."""

import asyncio
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from chat import providers
from chat.domain.runs import Ending, Piece, Run
from chat.models.completion import Part, State

PARTS = {providers.TextDelta: Part.CONTENT, providers.ReasoningDelta: Part.REASONING}
# Cut from this side while the provider was at work: it may charge for that.
CUT = {State.STOPPED, State.INTERRUPTED}


class Running:
    """`receive` takes the provider's events; `take` gives the text since the last time.

    `pace` holds the reading of the provider back while text waits to be stored: so the kernel
    buffers, one read brings many deltas, and the memory stays bounded whatever the provider sends.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.owner = run.owner
        self.reply_id = run.owner.reply_id
        self.conversation_id = run.conversation_id
        self.seq = 0
        self.unsaved: list[Piece] = []
        self.stream: asyncio.Task[None] | None = None
        self.renewed_at = 0.0
        self.ending: Ending | None = None
        self.finishing = False
        self.shown = asyncio.Event()
        self.usage_refused = False
        self._arrived: list[tuple[Part, str]] = []
        self._released = asyncio.Event()
        self._tick_comes = False
        self._first_delta_at: datetime | None = None
        self._accepted = False
        self._streamed: bool | None = None
        self._fingerprint = ""
        self._usage: providers.Usage | None = None
        self._reason = ""

    def receive(self, event: providers.Event) -> bool:
        """True when there is text to store."""
        part = PARTS.get(type(event))
        if part is not None:
            self._arrived.append((part, event.text))  # type: ignore[union-attr]
            self._first_delta_at = self._first_delta_at or timezone.now()
            return True
        match event:
            case providers.RefusalDelta(text=text):
                self._arrived.append((Part.CONTENT, text))
                return True
            case providers.StreamStarted():
                self._accepted = True
                self._streamed = event.streamed
                self._fingerprint = event.system_fingerprint or ""
            case providers.UsageReported(usage=usage):
                self._usage = usage
            case providers.ChoiceFinished(choice=0, reason=reason):
                self._reason = str(reason)
            case providers.Completed() | providers.ProviderError():
                self._end_with(event)
        return False

    def _end_with(self, event: providers.Completed | providers.ProviderError) -> None:
        self.usage_refused = providers.STREAM_OPTIONS_REFUSED in event.warnings
        self._usage = event.usage or self._usage
        if isinstance(event, providers.Completed):
            blocked = self._reason == providers.FinishReason.CONTENT_FILTER
            self.end(State.BLOCKED if blocked else State.COMPLETED)
        elif event.category == providers.ErrorCategory.CONTENT_BLOCKED:
            self.end(State.BLOCKED, category=event.category)
        else:
            self.end(State.FAILED, category=event.category, retry_after=event.retry_after)

    def end(self, state: State, category: str = "", retry_after: float | None = None) -> None:
        """How it ends; the first word counts."""
        self.ending = self.ending or Ending(
            state=state, error_category=category, retry_after=retry_after
        )

    def final(self) -> Ending:
        """The ending with everything that the provider told meanwhile."""
        ending = self.ending or Ending(State.FAILED, error_category="internal")
        return replace(
            ending,
            finish_reason=self._reason[:20],
            usage=self._usage,
            accepted=self._accepted or ending.state in CUT,
            streamed=self._streamed,
            system_fingerprint=self._fingerprint,
            first_delta_at=self._first_delta_at,
        )

    def take(self) -> list[Piece]:
        """Everything that is not stored yet; text of one part in a row becomes one chunk."""
        arrived, self._arrived = self._arrived, []
        texts: list[tuple[Part, list[str]]] = []
        for part, text in arrived:
            if not texts or texts[-1][0] != part:
                texts.append((part, []))
            texts[-1][1].append(text)
        for part, pieces in texts:
            self.seq += 1
            self.unsaved.append(Piece(self.owner, self.seq, part, "".join(pieces)))
        return self.unsaved

    def stored(self, pieces: list[Piece]) -> None:
        """These, the first that waited, have been committed."""
        self.unsaved = self.unsaved[len(pieces) :]
        self._released.set()

    @property
    def waits(self) -> bool:
        return bool(self._arrived or self.unsaved)

    async def pace(self) -> None:
        """Waits while there is text to store, unless a tick is about to take it."""
        while self.waits and not self._tick_comes:
            self._released.clear()
            await self._released.wait()
        self._tick_comes = False

    def release(self) -> None:
        """One more read, right before a tick: what the kernel holds goes with it."""
        if not self.unsaved:
            self._tick_comes = True
            self._released.set()

    def cut(self, state: State, category: str = "") -> None:
        """Ends the stream from this side; the socket to the provider is closed."""
        self.end(state, category)
        if self.stream is not None:
            self.stream.cancel()
