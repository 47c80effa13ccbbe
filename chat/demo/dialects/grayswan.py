"""Gray Swan: Bearer key, tools, several choices, moderation; streams bring no usage."""

from typing import Any

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
from chat.demo.exchange import Response, whole
from chat.demo.plan import Trouble
from chat.demo.prompt import Prompt, read_messages, read_tools

FINGERPRINT = "fp_demo"
ROLES = frozenset({"system", "user", "assistant", "tool", "data"})
MAX_CHOICES = 8
NUMBERS = (
    Limits("frequency_penalty", -2, 2),
    Limits("max_tokens", 1, 10**9, whole=True),
    Limits("n", 1, MAX_CHOICES, whole=True),
    Limits("temperature", 0, 2),
    Limits("top_p", 0, 1),
)
QUOTA = {
    "error": True,
    "message": "You exceeded your current quota.",
    "detail": "You exceeded your current quota.",
    "error_code": "insufficient_quota",
    "details": None,
}
REFUSALS: dict[Trouble, tuple[int, dict[str, Any], dict[str, str]]] = {
    Trouble.REFUSED: (401, {"detail": "Invalid API key"}, {"WWW-Authenticate": "Bearer"}),
    Trouble.EXHAUSTED: (429, QUOTA, {}),
    Trouble.BUSY: (429, {"detail": "Too many requests"}, {"Retry-After": "7"}),
    Trouble.ERROR: (500, {"detail": "Internal Server Error"}, {}),
}
# The fault as pydantic, which checks the bodies of the real service, names and words it.
PYDANTIC = {
    "required": ("missing", "Field required"),
    "string": ("string_type", "Input should be a valid string"),
    "number": ("float_type", "Input should be a valid number"),
    "integer": ("int_type", "Input should be a valid integer"),
    "boolean": ("bool_type", "Input should be a valid boolean"),
    "array": ("list_type", "Input should be a valid list"),
    "object": ("model_attributes_type", "Input should be a valid dictionary"),
}


class GraySwan(Dialect):
    name = "grayswan"
    models = ("cygnet", "cygnet-v0.2")

    def refusal(self, trouble: Trouble) -> Response:
        status, body, headers = REFUSALS[trouble]
        return whole(status, body, headers=headers)

    def no_such_path(self) -> Response:
        return whole(404, {"detail": "Not Found"})

    def check(self, body: Any) -> Response | None:
        if not isinstance(body, dict):
            fault = {"type": "json_invalid", "loc": ["body", 0], "msg": "JSON decode error"}
            return whole(422, {"detail": [fault]})
        problems = [
            *check_messages(body, ROLES, parts=False),
            *check_model(body, self.models),
            *check_numbers(body, NUMBERS),
            *check_types(body, ("tools",), "array"),
            *check_types(body, ("stream", "moderate_before"), "boolean"),
        ]
        problems += [] if problems else _check_tools(body.get("tools") or [])
        if not problems:
            return None
        return whole(422, {"detail": [self._describe(problem) for problem in problems]})

    def read(self, body: dict[str, Any]) -> Prompt:
        return Prompt(
            model=body["model"],
            messages=read_messages(body["messages"]),
            choices=body.get("n") or 1,
            max_tokens=body.get("max_tokens"),
            tools=read_tools(body.get("tools")),
            tool_choice=body.get("tool_choice"),
            moderated=body.get("moderate_before") is True,
        )

    def envelope(self, answer: Answer) -> dict[str, Any]:
        return super().envelope(answer) | {"system_fingerprint": FINGERPRINT}

    def chunk(self, answer: Answer, delta: Delta) -> dict[str, Any]:
        choice = {
            "index": delta.choice,
            "delta": delta_value(delta),
            "finish_reason": delta.finish,
        }
        return self.envelope(answer) | {"choices": [choice]}

    def completion(self, answer: Answer) -> dict[str, Any]:
        choices = [
            {
                "finish_reason": plan.finish,
                "index": index,
                "message": message_value(plan),
                "logprobs": None,
            }
            for index, plan in enumerate(answer.plans)
        ]
        fixed = {"object": "chat.completion", "choices": choices, "usage": self.usage(answer)}
        return self.envelope(answer) | fixed

    def _describe(self, problem: Problem) -> dict[str, Any]:
        kind, words = self._words(problem)
        return {"type": kind, "loc": ["body", *problem.where], "msg": words}

    def _words(self, problem: Problem) -> tuple[str, str]:
        if problem.limits:
            low, high = problem.limits.low, problem.limits.high
            return "value_error", f"Input should be between {low} and {high}"
        if problem.fault == "choice":
            allowed = self.models if problem.where == ("model",) else sorted(ROLES)
            return "literal_error", "Input should be " + " or ".join(f"'{a}'" for a in allowed)
        return PYDANTIC[problem.fault or "required"]


def _check_tools(tools: list[Any]) -> list[Problem]:
    """Unlike OpenAI, this provider requires a tool's description and parameters."""
    problems = []
    for index, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict):
            problems.append(Problem(("tools", index, "function"), "required"))
            continue
        missing = [f for f in ("name", "description", "parameters") if function.get(f) is None]
        problems += [Problem(("tools", index, "function", f), "required") for f in missing]
    return problems
