"""Markdown in, events out; the only place that imports pyromark."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pyromark
from pyromark import Options

from .limits import ADDRESS, PART

# One event of the parser: a bare word, or one key with its value.
Event = str | dict[str, Any]

OPTIONS = (
    Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_MATH
    | Options.ENABLE_GFM
)


class References:
    """What the blocks of a reply define for each other: addresses by label, names of footnotes."""

    def __init__(self) -> None:
        self.links: dict[str, str] = {}
        self.footnotes: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.links or self.footnotes)

    def learn(self, source: str) -> None:
        """The first definition of a label counts."""
        if "]:" not in source:
            return
        found = pyromark.reference_definitions(source, options=OPTIONS)
        for label, link in found.items():
            if len(link["dest"]) <= ADDRESS:
                self.links.setdefault(normal(label), link["dest"])
        if "[^" in source:
            self.footnotes.update(_footnotes_in(source))


@dataclass(frozen=True, slots=True)
class Span:
    """A top-level block in bytes of the source; `inner` are starts of its items or rows."""

    kind: str
    start: int
    end: int
    inner: tuple[int, ...]


def events(source: str, references: References) -> Iterator[Event]:
    def resolve(link: Any) -> tuple[str, str] | None:
        address = references.links.get(normal(link["reference"]))
        return None if address is None else (address, "")

    callback = resolve if references.links else None
    found = pyromark.events(source, options=OPTIONS, broken_link_callback=callback)
    return cast("Iterator[Event]", found)


def spans(source: str) -> Iterator[Span]:
    """The top-level blocks, one after the other; a long list or table may be told too short."""
    depth, start, kind, inner = 0, 0, "", list[int]()
    event: Any
    for event, place in pyromark.events_with_range(source, options=OPTIONS):
        if "Start" in event:
            if depth == 0:
                start, kind, inner = place["start"], kind_of(event["Start"]), []
            elif depth == 1 and event["Start"] in ("Item", "TableRow"):
                if inner and inner[-1] - start > PART:
                    yield Span(kind, start, place["start"], tuple(inner))
                    return
                inner.append(place["start"])
            depth += 1
        elif "End" in event:
            depth -= 1
            if depth == 0:
                yield Span(kind, start, place["end"], tuple(inner))
        elif depth == 0:  # Outside of blocks there is nothing but rules.
            yield Span("Rule", place["start"], place["end"], ())


def normal(label: str) -> str:
    return " ".join(label.split()).casefold()


def kind_of(tag: Any) -> str:
    """The name of a tag, with or without details."""
    return tag if isinstance(tag, str) else next(iter(tag))


def _footnotes_in(source: str) -> Iterator[str]:
    for event in events(source, References()):
        tag = event.get("Start") if isinstance(event, dict) else None
        if isinstance(tag, dict) and "FootnoteDefinition" in tag:
            yield tag["FootnoteDefinition"]
