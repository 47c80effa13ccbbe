"""The values that pass between the tables and the node that runs a reply."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chat.models import Completion, User
from chat.models.completion import Part, State
from chat.providers import Endpoint, FinishReason, Prompt, Usage

LEASE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Owner:
    """Which node owns a completion, in which version of the lease: the fence of every write."""

    completion_id: UUID
    node: str
    lease_version: int


@dataclass(frozen=True, slots=True)
class Bill:
    """Copies of the names that the usage record keeps, taken when the call begins."""

    completion_id: UUID
    conversation_id: UUID | None
    user_id: int | None
    user_email: str
    user_name: str
    teams: str
    provider_name: str
    model_name: str
    purpose: str
    anonymized: bool | None
    moderated: bool | None
    language_model_id: int | None = None
    estimate_factor: float = 1.0
    estimate_factor_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A completion that this node is to run; `problem` set: it cannot even be tried."""

    owner: Owner
    bill: Bill
    # One message for each answer that was asked for, by choice.
    replies: tuple[int, ...]
    conversation_id: UUID
    provider_id: int | None
    # One for each key that may be used, the preferred one first.
    endpoints: tuple[Endpoint, ...] = ()
    # The ids of these keys.
    keys: tuple[UUID, ...] = ()
    prompt: Prompt | None = None
    problem: str | None = None
    # The person's, not the organisation's: that it is refused says nothing about the provider.
    own_key: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Text to be stored as chunk `seq` of a reply, then shown."""

    owner: Owner
    reply_id: int
    seq: int
    part: Part
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call of a tool as the model asked for it, put together from its pieces."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended. `accepted`: the provider may have charged for it."""

    state: State
    # By choice.
    finish_reasons: tuple[str, ...] = ()
    error_category: str = ""
    # Of a rejected request, those that a person has a hand in.
    error_fields: tuple[str, ...] = ()
    retry_after: float | None = None
    usage: Usage | None = None
    accepted: bool = False
    streamed: bool | None = None
    system_fingerprint: str = ""
    first_delta_at: datetime | None = None
    calls: tuple[Wanted, ...] = ()

    @property
    def asks_for_tools(self) -> bool:
        """Complete calls: what was cut, by length or by anything else, is never run."""
        finished = self.finish_reasons[:1] == (FinishReason.TOOL_CALLS,)
        return bool(self.calls) and self.state == State.COMPLETED and finished


def bill_for(completion: Completion, user: User | None) -> Bill:
    """Reads the user's teams: one query."""
    teams = ", ".join(user.team_names) if user else ""
    provider, model = completion.provider, completion.language_model
    return Bill(
        completion_id=completion.id,
        conversation_id=completion.conversation_id,
        user_id=user.id if user else None,
        user_email=user.email if user else "",
        user_name=user.name if user else "",
        teams=teams[:500],
        provider_name=provider.name if provider else "",
        model_name=completion.model_name,
        purpose=completion.purpose,
        anonymized=_flag(completion, "anonymize"),
        moderated=_flag(completion, "moderate_before"),
        language_model_id=model.id if model else None,
        estimate_factor=model.estimate_factor if model else 1.0,
        estimate_factor_at=model.estimate_factor_at if model else None,
    )


def _flag(completion: Completion, name: str) -> bool | None:
    """None: this provider has no such switch."""
    provider = completion.provider
    if provider is None or all(name != known.name for known in provider.adapter.parameters):
        return None
    return completion.parameters.get(name) is True
