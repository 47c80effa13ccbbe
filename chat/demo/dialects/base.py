"""What the dialects share: the order of checks, and an answer streamed or in one piece."""

import json
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from chat.demo import pieces
from chat.demo.calls import Call
from chat.demo.deltas import Delta, interleave
from chat.demo.exchange import EVENT_STREAM, Ending, Frame, Request, Response, done, encode, event
from chat.demo.plan import BEFORE_ANSWER, Plan, Trouble
from chat.demo.planning import make_plans
from chat.demo.prompt import Prompt

ENDINGS = {Trouble.BROKEN: Ending.ABRUPT, Trouble.STALL: Ending.SILENT}
UNREADABLE_PAGE = b"<!doctype html><title>Welcome</title><h1>Please sign in to the network</h1>"


@dataclass(frozen=True)
class Answer:
    """The plans of one call with what every chunk repeats."""

    prompt: Prompt
    plans: list[Plan]
    asks_for_usage: bool = False
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def first(self) -> Plan:
        return self.plans[0]


class Dialect(ABC):
    """One wire format; subclasses say how keys, checks, chunks and errors look in it."""

    name: ClassVar[str]
    models: ClassVar[tuple[str, ...]]
    one_piece_wait: ClassVar[float] = 1.0
    says_done: ClassVar[bool] = True
    streams_usage: ClassVar[bool] = False

    def key(self, request: Request) -> str:
        scheme, _, key = request.header("Authorization").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""

    @abstractmethod
    def refusal(self, trouble: Trouble) -> Response: ...

    @abstractmethod
    def no_such_path(self) -> Response: ...

    @abstractmethod
    def check(self, body: Any) -> Response | None: ...

    @abstractmethod
    def read(self, body: dict[str, Any]) -> Prompt: ...

    def streams(self, body: dict[str, Any]) -> bool:
        return body.get("stream") is True

    def asks_for_usage(self, body: dict[str, Any]) -> bool:
        options = body.get("stream_options")
        wanted = isinstance(options, dict) and options.get("include_usage") is True
        return self.streams_usage and wanted

    @abstractmethod
    def chunk(self, answer: Answer, delta: Delta) -> dict[str, Any]: ...

    def tail(self, answer: Answer) -> Iterator[Frame]:
        """What follows the frames with a finish."""
        if answer.asks_for_usage and (usage := self.usage(answer)):
            yield event(self.envelope(answer) | {"choices": [], "usage": usage})
        if self.says_done:
            yield from done()

    def envelope(self, answer: Answer) -> dict[str, Any]:
        """What every chunk of one answer repeats."""
        return {
            "id": answer.id,
            "object": "chat.completion.chunk",
            "created": answer.created,
            "model": answer.prompt.model,
        }

    @abstractmethod
    def completion(self, answer: Answer) -> dict[str, Any]: ...

    def usage(self, answer: Answer) -> dict[str, Any] | None:
        """What the call cost, or None where a prompt asked for silence about it."""
        if not answer.first.reports_usage:
            return None
        asked = pieces.count_prompt_tokens(answer.prompt.texts)
        answered = sum(plan.completion_tokens for plan in answer.plans)
        return {
            "completion_tokens": answered,
            "prompt_tokens": asked,
            "total_tokens": asked + answered,
        }

    def refuse_key(self, request: Request) -> Response | None:
        key = self.key(request)
        if key == "demo-exhausted":
            return self.refusal(Trouble.EXHAUSTED)
        if key == "demo-refused" or not key.startswith("demo-"):
            return self.refusal(Trouble.REFUSED)
        return None

    def complete(self, request: Request, call: Call) -> Response:
        if refusal := self.refuse_key(request):
            return refusal
        body = parse_json(request.body)
        if problem := self.check(body):
            return problem
        prompt = self.read(body)
        answer = Answer(prompt, make_plans(prompt), self.asks_for_usage(body))
        if answer.first.trouble is Trouble.UNREADABLE:
            return Response(200, [Frame(UNREADABLE_PAGE)], content_type="text/html", failed=True)
        if answer.first.trouble in BEFORE_ANSWER:
            return self.refusal(answer.first.trouble)
        call.streamed = self.streams(body)
        return self._stream(answer) if call.streamed else self._one_piece(answer)

    def _stream(self, answer: Answer) -> Response:
        trouble = answer.first.trouble
        return Response(
            200,
            self._frames(answer),
            content_type=EVENT_STREAM,
            wait=answer.first.wait,
            exact=answer.first.exact,
            ending=ENDINGS.get(trouble, Ending.CLEAN) if trouble else Ending.CLEAN,
            failed=trouble is not None,
        )

    def _frames(self, answer: Answer) -> Iterator[Frame]:
        for delta in interleave(answer.plans):
            yield event(self.chunk(answer, delta), delta.wait)
        if answer.first.trouble is None:
            yield from self.tail(answer)

    def _one_piece(self, answer: Answer) -> Response:
        plan = answer.first
        data = encode(self.completion(answer))
        length: int | None = len(data)
        ending = ENDINGS.get(plan.trouble, Ending.CLEAN) if plan.trouble else Ending.CLEAN
        if plan.trouble is not None:
            data = data[: len(data) // 2]
        if plan.trouble is Trouble.TRUNCATED:
            length = None
        return Response(
            200,
            [Frame(data)],
            length=length,
            wait=plan.wait if plan.exact else max(plan.wait, self.one_piece_wait),
            exact=plan.exact,
            ending=ending,
            failed=plan.trouble is not None,
        )


def parse_json(data: bytes) -> Any:
    """The body's value, or None where it is not JSON; the dialect's checks say what is missing."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
