"""A reply that this node is writing: what has arrived, what is stored, how it is to end."""

import asyncio
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from chat import providers
from chat.domain.runs import Ending, Piece, Run, Wanted
from chat.models.completion import Part, State

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
        self.conversation_id = run.conversation_id
        self.seqs = dict.fromkeys(run.replies, 0)
        self.unsaved: list[Piece] = []
        self.stream: asyncio.Task[None] | None = None
        self.renewed_at = 0.0
        self.ending: Ending | None = None
        self.finishing = False
        self.shown = asyncio.Event()
        self.usage_refused = False
        self._arrived: list[tuple[int, Part, str]] = []
        self._released = asyncio.Event()
        self._tick_comes = False
        self._first_delta_at: datetime | None = None
        self._accepted = False
        self._streamed: bool | None = None
        self._fingerprint = ""
        self._usage: providers.Usage | None = None
        self._reasons = [""] * len(run.replies)
        self._calls: dict[int, Wanted] = {}

    def receive(self, event: providers.Event) -> bool:
        """True when there is text to store."""
        match event:
            case providers.TextDelta() | providers.RefusalDelta():
                return self._take_text(event.choice, Part.CONTENT, event.text)
            case providers.ReasoningDelta():
                return self._take_text(event.choice, Part.REASONING, event.text)
            case providers.ToolCallDelta():
                self._take_call(event)
            case providers.StreamStarted():
                self._accepted = True
                self._streamed = event.streamed
                self._fingerprint = event.system_fingerprint or ""
            case providers.UsageReported(usage=usage):
                self._usage = usage
            case providers.ChoiceFinished() if event.choice < len(self._reasons):
                self._reasons[event.choice] = str(event.reason)
            case providers.Completed() | providers.ProviderError():
                self._end_with(event)
        return False

    def _take_text(self, choice: int, part: Part, text: str) -> bool:
        """More answers than were asked for are not kept."""
        if choice >= len(self.run.replies):
            return False
        self._arrived.append((self.run.replies[choice], part, text))
        self._first_delta_at = self._first_delta_at or timezone.now()
        return True

    def _take_call(self, event: providers.ToolCallDelta) -> None:
        """Where tools are offered one answer is asked for; calls of others are not kept."""
        if event.choice:
            return
        self._first_delta_at = self._first_delta_at or timezone.now()
        call = self._calls.get(event.slot, Wanted("", "", ""))
        self._calls[event.slot] = Wanted(
            event.id or call.call_id,
            (call.name + (event.name or ""))[:256],
            call.arguments + event.arguments,
        )

    @property
    def has_text(self) -> bool:
        """Some of it may be stored already."""
        return any(self.seqs.values())

    def _end_with(self, event: providers.Completed | providers.ProviderError) -> None:
        self.usage_refused = providers.STREAM_OPTIONS_REFUSED in event.warnings
        if isinstance(event, providers.Completed):
            self._usage = event.usage
            blocked = set(self._reasons) == {providers.FinishReason.CONTENT_FILTER}
            self.end(State.BLOCKED if blocked else State.COMPLETED)
            return
        self._usage = event.usage or self._usage
        if event.category == providers.ErrorCategory.CONTENT_BLOCKED:
            self.end(State.BLOCKED, category=event.category)
        else:
            self.end(
                State.FAILED,
                event.category,
                event.retry_after,
                providers.known_fields(event.fields),
            )

    def end(
        self,
        state: State,
        category: str = "",
        retry_after: float | None = None,
        fields: tuple[str, ...] = (),
    ) -> None:
        """How it ends; the first word counts."""
        self.ending = self.ending or Ending(
            state=state, error_category=category, error_fields=fields, retry_after=retry_after
        )

    def final(self) -> Ending:
        """The ending with everything that the provider told meanwhile."""
        ending = self.ending or Ending(State.FAILED, error_category="internal")
        return replace(
            ending,
            finish_reasons=tuple(self._reasons),
            usage=self._usage,
            accepted=self._accepted or ending.state in CUT,
            streamed=self._streamed,
            system_fingerprint=self._fingerprint,
            first_delta_at=self._first_delta_at,
            calls=tuple(call for _, call in sorted(self._calls.items())),
        )

    def take(self) -> list[Piece]:
        """Everything that is not stored yet; text of one part of a reply becomes one chunk.

        Parts keep no order between each other; they are shown apart.
        """
        arrived, self._arrived = self._arrived, []
        texts: dict[tuple[int, Part], list[str]] = {}
        for reply_id, part, text in arrived:
            texts.setdefault((reply_id, part), []).append(text)
        for (reply_id, part), pieces in texts.items():
            self.seqs[reply_id] += 1
            seq = self.seqs[reply_id]
            self.unsaved.append(Piece(self.owner, reply_id, seq, part, "".join(pieces)))
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
