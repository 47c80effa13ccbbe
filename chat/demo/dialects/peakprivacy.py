"""Peak Privacy: `Api-token`, anonymised answers in one piece, streams of `message` frames."""

from typing import Any

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
from chat.demo.exchange import Request, Response, whole
from chat.demo.plan import Trouble
from chat.demo.prompt import Prompt, read_messages

ROLES = frozenset({"system", "user", "assistant"})
NUMBERS = (
    Limits("temperature", 0, 1),
    Limits("top_p", 0, 1),
    Limits("max_tokens", 0, 10**9, whole=True),
    Limits("random_seed", -(2**63), 2**63, whole=True),
)
SWITCHES = ("safe_prompt", "anonymize", "stream")
REFUSALS: dict[Trouble, tuple[int, dict[str, Any], dict[str, str]]] = {
    Trouble.REFUSED: (401, {"error": "Unauthenticated"}, {}),
    Trouble.EXHAUSTED: (403, {"error": "Subscription amount limit has been reached"}, {}),
    Trouble.BUSY: (429, {"message": "Too Many Attempts."}, {"Retry-After": "7"}),
    Trouble.ERROR: (500, {"message": "Server Error"}, {}),
}
SENTENCES = {
    "required": "The {field} field is required.",
    "string": "The {field} field must be a string.",
    "number": "The {field} field must be a number.",
    "integer": "The {field} field must be an integer.",
    "boolean": "The {field} field must be true or false.",
    "array": "The {field} field must be an array.",
    "object": "The {field} field must be an array.",
    "choice": "The selected {field} is invalid.",
}


class PeakPrivacy(Dialect):
    name = "peakprivacy"
    models = (
        "gpt-4-1106-preview",
        "gpt-4",
        "gpt-3.5-turbo-1106",
        "mistral-tiny",
        "mistral-small",
        "mistral-medium",
        "mistral-swiss",
    )
    one_piece_wait = 2.5
    says_done = False

    def key(self, request: Request) -> str:
        return request.header("Api-token").strip()

    def refusal(self, trouble: Trouble) -> Response:
        status, body, headers = REFUSALS[trouble]
        return whole(status, body, headers=headers)

    def no_such_path(self) -> Response:
        return whole(404, {"message": "Not Found"})

    def list_models(self, request: Request, _call: Call) -> Response:
        if refusal := self.refuse_key(request):
            return refusal
        return whole(200, {"object": "list", "data": [_describe(model) for model in self.models]})

    def ping(self, request: Request, _call: Call) -> Response:
        return self.refuse_key(request) or whole(200, {"message": "pong"})

    def check(self, body: Any) -> Response | None:
        fields = body if isinstance(body, dict) else {}
        problems = [
            *check_model(fields, self.models),
            *check_messages(fields, ROLES, parts=False),
            *check_numbers(fields, NUMBERS),
            *check_types(fields, SWITCHES, "boolean"),
        ]
        if not problems:
            return None
        errors: dict[str, list[str]] = {}
        for problem in problems:
            field = ".".join(map(str, problem.where))
            errors.setdefault(field, []).append(_sentence(field, problem))
        return whole(400, {"message": "Validation error", "errors": errors})

    def read(self, body: dict[str, Any]) -> Prompt:
        return Prompt(
            model=body["model"],
            messages=read_messages(body["messages"]),
            max_tokens=body.get("max_tokens"),
            anonymized=body.get("anonymize") is not False,
        )

    def streams(self, body: dict[str, Any]) -> bool:
        """Anonymising, which is on unless it is switched off, turns streaming off."""
        return body.get("anonymize") is False and super().streams(body)

    def chunk(self, answer: Answer, delta: Delta) -> dict[str, Any]:
        message = {"role": "assistant", "content": delta.text}
        choice = {"index": delta.choice, "message": message, "finish_reason": delta.finish}
        return self.envelope(answer) | {"choices": [choice]}

    def completion(self, answer: Answer) -> dict[str, Any]:
        plan = answer.first
        message = {"content": plan.text, "role": "assistant"}
        body: dict[str, Any] = {
            "id": answer.id,
            "object": "chat.completion",
            "created": answer.created,
            "model": answer.prompt.model,
            "choices": [{"finish_reason": plan.finish, "index": 0, "message": message}],
        }
        usage = self.usage(answer)
        return body | {"usage": usage} if usage else body


def _describe(model: str) -> dict[str, Any]:
    owner = "OpenAI" if model.startswith("gpt") else "Mistral"
    return {"id": model, "object": "model", "created": 0, "owned_by": owner}


def _sentence(field: str, problem: Problem) -> str:
    if problem.limits:
        return f"The {field} field must be between {problem.limits.low} and {problem.limits.high}."
    return SENTENCES[problem.fault or "required"].format(field=field)
