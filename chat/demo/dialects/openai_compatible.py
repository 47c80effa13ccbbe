"""The generic dialect: OpenAI's chat completions, with usage in the stream when asked for."""

from typing import Any

from chat.demo import pieces
from chat.demo.calls import Call
from chat.demo.deltas import Delta
from chat.demo.dialects.base import Answer, Dialect
from chat.demo.dialects.checks import (
    Limits,
    Problem,
    check_messages,
    check_model,
    check_numbers,
    check_types,
)
from chat.demo.dialects.openai_shape import delta_value, message_value
from chat.demo.exchange import Request, Response, whole
from chat.demo.plan import Plan, Trouble
from chat.demo.prompt import Prompt, read_messages, read_tools

CHAT_MODEL = "demo-chat"
REASONING_MODEL = "demo-reasoning"
FINGERPRINT = "fp_demo"
ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
MAX_CHOICES = 8
UNBOUNDED = 10**9
NUMBERS = (
    Limits("frequency_penalty", -2, 2),
    Limits("presence_penalty", -2, 2),
    Limits("max_tokens", 1, UNBOUNDED, whole=True),
    Limits("max_completion_tokens", 1, UNBOUNDED, whole=True),
    Limits("n", 1, MAX_CHOICES, whole=True),
    Limits("seed", -(2**63), 2**63, whole=True),
    Limits("temperature", 0, 2),
    Limits("top_p", 0, 1),
)
# Status, type, code, message, headers.
REFUSALS: dict[Trouble, tuple[int, str, str | None, str, dict[str, str]]] = {
    Trouble.REFUSED: (
        401,
        "invalid_request_error",
        "invalid_api_key",
        "Incorrect API key provided.",
        {},
    ),
    Trouble.EXHAUSTED: (
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
        {},
    ),
    Trouble.BUSY: (
        429,
        "requests",
        "rate_limit_exceeded",
        "Rate limit reached. Please try again in 7s.",
        {"Retry-After": "7"},
    ),
    Trouble.ERROR: (
        500,
        "server_error",
        None,
        "The server had an error while processing your request.",
        {},
    ),
}


class OpenAICompatible(Dialect):
    name = "openai_compatible"
    models = (CHAT_MODEL, REASONING_MODEL)
    streams_usage = True

    def refusal(self, trouble: Trouble) -> Response:
        status, kind, code, message, headers = REFUSALS[trouble]
        return _error(status, message, kind=kind, code=code, headers=headers)

    def no_such_path(self) -> Response:
        return _error(404, "Invalid URL", code="unknown_url")

    def list_models(self, request: Request, _call: Call) -> Response:
        if refusal := self.refuse_key(request):
            return refusal
        data = [
            {"id": model, "object": "model", "created": 1767225600, "owned_by": "demonstration"}
            for model in self.models
        ]
        return whole(200, {"object": "list", "data": data})

    def check(self, body: Any) -> Response | None:
        if not isinstance(body, dict):
            return _error(400, "We could not parse the JSON body of your request.")
        problems = [
            *check_model(body, self.models),
            *check_messages(body, ROLES, parts=True),
            *check_numbers(body, NUMBERS),
            *check_types(body, ("tools",), "array"),
            *check_types(body, ("stream",), "boolean"),
            *check_types(body, ("stream_options",), "object"),
        ]
        return _describe(problems[0], body) if problems else None

    def read(self, body: dict[str, Any]) -> Prompt:
        return Prompt(
            model=body["model"],
            messages=read_messages(body["messages"]),
            choices=body.get("n") or 1,
            max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
            tools=read_tools(body.get("tools")),
            tool_choice=body.get("tool_choice"),
            reasoning=body["model"] == REASONING_MODEL,
        )

    def envelope(self, answer: Answer) -> dict[str, Any]:
        return super().envelope(answer) | {"system_fingerprint": FINGERPRINT}

    def chunk(self, answer: Answer, delta: Delta) -> dict[str, Any]:
        choice = {
            "index": delta.choice,
            "delta": delta_value(delta),
            "logprobs": None,
            "finish_reason": delta.finish,
        }
        usage: dict[str, Any] = {"usage": None} if answer.asks_for_usage else {}
        return self.envelope(answer) | {"choices": [choice]} | usage

    def completion(self, answer: Answer) -> dict[str, Any]:
        choices = [
            {
                "index": index,
                "message": _message(plan),
                "logprobs": None,
                "finish_reason": plan.finish,
            }
            for index, plan in enumerate(answer.plans)
        ]
        body = self.envelope(answer) | {"object": "chat.completion", "choices": choices}
        usage = self.usage(answer)
        return body | {"usage": usage} if usage else body

    def usage(self, answer: Answer) -> dict[str, Any] | None:
        counts = super().usage(answer)
        reasoning = sum(pieces.count_tokens(plan.reasoning) for plan in answer.plans)
        if counts is None or not reasoning:
            return counts
        return counts | {"completion_tokens_details": {"reasoning_tokens": reasoning}}


def _message(plan: Plan) -> dict[str, Any]:
    reasoning = {"reasoning_content": plan.reasoning} if plan.reasoning else {}
    return message_value(plan) | {"refusal": None} | reasoning


def _describe(problem: Problem, body: dict[str, Any]) -> Response:
    field = ".".join(map(str, problem.where))
    if problem.where == ("model",) and problem.fault == "choice":
        message = f"The model `{str(body['model'])[:100]}` does not exist."
        return _error(404, message, code="model_not_found")
    if problem.fault == "required":
        return _error(400, f"Missing required parameter: '{field}'.", param=field)
    if problem.limits:
        low, high = problem.limits.low, problem.limits.high
        message = f"Invalid '{field}': expected a value between {low} and {high}."
        return _error(400, message, param=field)
    return _error(400, f"Invalid type or value for '{field}'.", param=field)


def _error(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return whole(status, {"error": error}, headers=headers)
