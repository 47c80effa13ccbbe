"""A running reply as its viewers see it: committed text, rendered as it grows."""

from dataclasses import dataclass, field

from django.utils import translation

from chat.domain.progress import Stored
from chat.models.completion import Part
from chat.protocol import Frame
from chat.rendering import LiveDocument


@dataclass(slots=True)
class LiveReply:
    """One per running reply that somebody looks at.

    `seq` is the number of the last chunk that is in it; `is_whole`: it had ended when it was read,
    no chunk is new to it. Used on the render thread only. Labels (of a copy button, say) are in
    `language`, that of whoever looked first.
    """

    reply_id: int
    language: str = "en"
    seq: int = 0
    is_whole: bool = False
    documents: dict[Part, LiveDocument] = field(default_factory=dict)

    @classmethod
    def from_stored(cls, reply_id: int, stored: Stored, language: str = "en") -> "LiveReply":
        live = cls(reply_id, language)
        texts = {Part.CONTENT: [stored.content], Part.REASONING: [stored.reasoning]}
        for seq, part, text in stored.chunks:
            texts[Part(part)].append(text)
            live.seq = seq
        for part, pieces in texts.items():
            if text := "".join(pieces):
                live._grow(part, text)
        if stored.is_whole:
            live.is_whole = True
            live.settle()
        return live

    def advance(self, chunks: list[tuple[int, Part, str]]) -> dict[Part, Frame]:
        """Takes the chunks that are new to it; gives the frame of each part that changed.

        Raises Hole when one is missing in between.
        """
        if self.is_whole:
            return {}
        grown: dict[Part, list[str]] = {}
        for seq, part, text in chunks:
            if seq <= self.seq:
                continue
            if seq != self.seq + 1:
                raise Hole(self.reply_id)
            self.seq = seq
            grown.setdefault(part, []).append(text)
        return {part: self._grow(part, "".join(texts)) for part, texts in grown.items()}

    def _grow(self, part: Part, text: str) -> Frame:
        document = self.documents.setdefault(part, LiveDocument())
        with translation.override(self.language):
            return self._frame(document, document.append(text))

    def settle(self) -> dict[Part, Frame]:
        """The whole truth at the end: references that came late, highlighted code."""
        with translation.override(self.language):
            return self._settled()

    def _settled(self) -> dict[Part, Frame]:
        return {
            part: self._frame(document, document.settle())
            for part, document in self.documents.items()
        }

    def snapshot(self) -> dict[Part, Frame]:
        """The first frame of everyone who joins: keep nothing, here is all."""
        return {part: self._frame(document, 0) for part, document in self.documents.items()}

    def _frame(self, document: LiveDocument, keep: int) -> Frame:
        return Frame(self.seq, keep, tuple(document.blocks[keep:]))


class Hole(Exception):
    """A chunk between two others is missing: the database is to be read again."""
