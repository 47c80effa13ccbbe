"""A provider that fails in every way there is, and what the page is to say and offer each time."""

from chat.providers import ErrorCategory
from tests.wire import Reply, json_reply, sse, text_chunk

# Never on a page: what a provider writes into its errors.
INTERNAL = "internal-model-group-7"

ADMINISTRATOR = "Trying again does not help until an administrator has looked at it."
EDIT = "Your message is kept: edit it and send it again, or choose another model."
KEPT = "This answer begins like any other."


def error(status: int, code: str = "", message: str = INTERNAL, **headers: str) -> Reply:
    """Without the pauses of our own retries."""
    body = {"error": {"message": message, "type": "", "code": code}}
    return json_reply(body, status, **{"x_should_retry": "false", **headers})


BEGUN = sse(text_chunk(KEPT))

# What the provider does, the state of the answer, its words (on both sides of a bar), next steps.
CATEGORIES: dict[ErrorCategory, tuple[Reply, str, str, str]] = {
    ErrorCategory.AUTH: (
        error(401),
        "failed",
        f"access key was not accepted.|{ADMINISTRATOR}",
        "Regenerate",
    ),
    ErrorCategory.QUOTA_EXHAUSTED: (
        error(402),
        "failed",
        f"The usage limit for this provider is reached. {ADMINISTRATOR}",
        "Regenerate",
    ),
    ErrorCategory.FORBIDDEN: (
        error(403),
        "failed",
        f"not allowed with the current plan or settings. {ADMINISTRATOR}",
        "Regenerate",
    ),
    ErrorCategory.NOT_FOUND: (
        error(404),
        "failed",
        f"does not exist at this provider. {ADMINISTRATOR}",
        "Regenerate",
    ),
    ErrorCategory.MISCONFIGURED: (
        error(302),
        "failed",
        f"The provider is not set up correctly. {ADMINISTRATOR}",
        "Regenerate",
    ),
    ErrorCategory.INVALID_REQUEST: (
        json_reply({"message": INTERNAL, "errors": {"messages.0.content": [INTERNAL]}}, 400),
        "failed",
        f"The provider rejected this request. It complained about: Message. {EDIT}",
        "Regenerate",
    ),
    ErrorCategory.CONTEXT_TOO_LONG: (
        error(400, "context_length_exceeded"),
        "failed",
        "This conversation is too long for the model. Start a new one or pick a larger model.",
        "Regenerate",
    ),
    ErrorCategory.CONTENT_BLOCKED: (
        error(400, "content_filter"),
        "blocked",
        f"filter blocked this message. {EDIT}",
        "Regenerate",
    ),
    ErrorCategory.REQUEST_TOO_LARGE: (
        error(413),
        "failed",
        f"The message is too large for this provider. {EDIT}",
        "Regenerate",
    ),
    ErrorCategory.RATE_LIMITED: (
        error(429, Retry_After="90"),
        "failed",
        "The provider is busy. Try again in",
        "Try again",
    ),
    ErrorCategory.UPSTREAM_TIMEOUT: (
        error(504),
        "failed",
        "The provider took too long to answer.",
        "Try again",
    ),
    ErrorCategory.UPSTREAM_ERROR: (
        error(500),
        "failed",
        "The provider had an internal problem.",
        "Try again",
    ),
    ErrorCategory.EMPTY_RESPONSE: (
        Reply(sse({"choices": []}, "[DONE]")),
        "failed",
        "The provider returned an empty answer.",
        "Try again",
    ),
    ErrorCategory.BAD_RESPONSE: (
        Reply([b"data: {oops\n\n"]),
        "failed",
        "The provider sent an answer this app could not read.",
        "Try again",
    ),
    ErrorCategory.STREAM_TRUNCATED: (
        Reply(BEGUN),
        "failed",
        f"The answer was cut off.|{KEPT}",
        "Continue, Try again",
    ),
    ErrorCategory.STREAM_INTERRUPTED: (
        Reply(BEGUN, close="reset"),
        "failed",
        f"The connection broke while answering.|{KEPT}",
        "Continue, Try again",
    ),
    ErrorCategory.STREAM_STALLED: (
        Reply(BEGUN, close="stall"),
        "failed",
        f"The provider stopped responding.|{KEPT}",
        "Continue, Try again",
    ),
}
