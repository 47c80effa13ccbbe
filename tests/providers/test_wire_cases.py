"""The catalogue of wire cases, replayed over real sockets at several cuts of the same bytes."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from chat.providers import Completed
from tests.providers.support import Story, endpoint_to, run, story_of
from tests.wire import Reply, WireServer

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "data" / "wire_cases.json").read_text()
)
CUTS = (1, 2, 7, 1024, None, "given")


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: str(cut or "whole"))
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_it_reports_what_the_catalogue_expects(
    server: WireServer, case: dict[str, Any], cut: int | str | None
) -> None:
    server.play(_reply(case, cut))
    story = story_of(run(endpoint_to(server.url, _kind(case))))
    expected = case["expect"]
    assert {name: _told(story, name) for name in expected} == {
        name: _wanted(name, value) for name, value in expected.items()
    }


def _kind(case: dict[str, Any]) -> str:
    if case["id"].startswith("J") or "Peak" in case["title"]:
        return "peakprivacy"
    return "grayswan" if "Gray Swan" in case["title"] else "openai_compatible"


def _reply(case: dict[str, Any], cut: int | str | None) -> Reply:
    close = "reset" if "RST" in case["title"] else case["close"]
    return Reply(_pieces(case, cut), case["status"], case["headers"], close)


def _pieces(case: dict[str, Any], cut: int | str | None) -> list[bytes]:
    if case["chunks"] is None:
        # Nine million sends of a byte would prove nothing more than these.
        return [b"data: ", *[b"x" * 65536] * 144]
    pieces = [base64.b64decode(piece) for piece in case["chunks"]]
    if cut == "given":
        return [piece for piece in pieces if piece]
    body = b"".join(pieces)
    size = cut if isinstance(cut, int) else len(body) or 1
    return [body[start : start + size] for start in range(0, len(body), size)]


def _wanted(name: str, value: Any) -> Any:
    if name == "retry_after":
        return float(value)
    if name == "message":
        return value
    if name == "fields":
        return tuple(value)
    if isinstance(value, dict) and name != "usage":
        return {int(choice): each for choice, each in value.items()}
    return value


def _told(story: Story, name: str) -> Any:
    terminal = story.terminal
    if name == "terminal":
        done = isinstance(terminal, Completed)
        return ["completed", terminal.how] if done else ["error", str(terminal.category)]
    if name == "usage":
        return _numbers(terminal.usage)
    if name == "streamed":
        return story.started is not None and story.started.streamed
    if name == "message":
        return terminal.detail
    if name in ("partial", "fields", "retry_after"):
        return getattr(terminal, name)
    return dict(getattr(story, name))


def _numbers(usage: Any) -> dict[str, int | None] | None:
    if usage is None:
        return None
    numbers = asdict(usage)
    return {
        name: numbers[name] for name in ("prompt", "completion", "total", "cached", "reasoning")
    }
