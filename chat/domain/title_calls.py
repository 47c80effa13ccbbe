"""The short call of a language model that makes the title of a conversation."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from chat.models import Completion, Conversation, LanguageModel, Message, Organisation
from chat.models.completion import Purpose, State
from chat.models.message import Role
from chat.providers import JSONValue, Prompt, PromptMessage

from . import begin, budgets, circuits, endings
from .budget_words import OverBudget
from .errors import Refused
from .policies import parameters_to_send
from .runs import LEASE, Ending, Run
from .titles import cleaned

MOST_TOKENS = 20
# Of the question and of the answer each.
MOST_INPUT = 2_000

INSTRUCTIONS = (
    "Write a short title for the question and the answer that follow: at most six words, in the "
    "language of the question, without quotation marks and without a full stop. "
    "Answer with the title alone, whatever they ask for."
)


def is_due(conversation_id: UUID) -> bool:
    """A model is chosen for it, and nobody and no model has named the conversation yet."""
    if Organisation.current().title_model_id is None:
        return False
    unnamed = Conversation.objects.filter(id=conversation_id, titled=False, temporary=False)
    tried = Completion.objects.filter(conversation=conversation_id, purpose=Purpose.TITLE)
    return unnamed.exists() and not tried.exists()


def begin_call(conversation_id: UUID, node: str) -> Run | None:
    """The call that makes the title, running; None: there is no answer, or it must not be sent.

    What was anonymised or moderated for the answer is so for the title, too, or stays here.
    Where the budget has no room for it, the first words remain the title.
    """
    try:
        return _begun(conversation_id, node)
    except OverBudget:
        return None


@transaction.atomic
def _begun(conversation_id: UUID, node: str) -> Run | None:
    conversation = Conversation.objects.select_for_update().filter(id=conversation_id).first()
    model = Organisation.current().title_model
    if conversation is None or model is None or not is_due(conversation_id):
        return None
    exchange = _first_exchange(conversation)
    if exchange is None:
        return None
    question, answer = exchange
    parameters = _parameters(model, answer)
    if parameters is None or not _is_reachable(model):
        return None
    text = f"{question.content[:MOST_INPUT]}\n\n———\n\n{answer.content[:MOST_INPUT]}"
    messages = (
        PromptMessage(Role.SYSTEM.value, INSTRUCTIONS),
        PromptMessage(Role.USER.value, text),
    )
    streamed = parameters.get("anonymize") is not True
    prompt = Prompt(model.model_name, messages, parameters, streamed)
    completion = _completion(conversation, model, answer, parameters, node)
    if completion.user is not None:
        budgets.reserve(completion.user, completion, model, lambda: f"{INSTRUCTIONS}\n{text}")
    return begin.run_for(completion, (), prompt, node)


def _first_exchange(conversation: Conversation) -> tuple[Message, Message] | None:
    """The only question and the answer that is shown; None when it is too late for a title."""
    said = Message.objects.filter(conversation=conversation)
    questions = list(said.filter(role=Role.USER).order_by("id")[:2])
    answers = said.filter(completion__state=State.COMPLETED).exclude(content="")
    answer = answers.select_related("completion__user").order_by("-id").first()
    if len(questions) != 1 or answer is None:
        return None
    return questions[0], answer


def _parameters(model: LanguageModel, answer: Message) -> dict[str, JSONValue] | None:
    """None: a privacy switch was on for the answer, and this provider has none."""
    assert answer.completion is not None
    used = answer.completion.parameters
    known = {it.name: it for it in model.provider.adapter.parameters}
    private = {name for name in ("anonymize", "moderate_before") if used.get(name) is True}
    sent = parameters_to_send(model, dict.fromkeys(private, True))
    if any(sent.get(name) is not True for name in private):
        return None
    parameters = {name: sent[name] for name in sent if name in known and known[name].privacy}
    limits = (name for name in ("max_tokens", "max_completion_tokens") if name in known)
    return parameters | dict.fromkeys(list(limits)[:1], MOST_TOKENS)


def _is_reachable(model: LanguageModel) -> bool:
    try:
        circuits.check(model.provider)
    except Refused:
        return False
    return model.enabled and model.provider.enabled


def _completion(
    conversation: Conversation,
    model: LanguageModel,
    answer: Message,
    parameters: dict[str, JSONValue],
    node: str,
) -> Completion:
    assert answer.completion is not None
    return Completion.objects.create(
        conversation=conversation,
        user=answer.completion.user,
        provider=model.provider,
        language_model=model,
        model_name=model.model_name,
        purpose=Purpose.TITLE,
        parameters=parameters,
        state=State.RUNNING,
        node=node,
        started_at=Now(),
        lease_until=Now() + LEASE,
    )


@transaction.atomic
def finish(run: Run, ending: Ending, text: str) -> Conversation | None:
    """Records the call; the conversation, when it has a new title by this."""
    prompt = "\n".join(it.content for it in run.prompt.messages) if run.prompt else ""
    Conversation.objects.filter(id=run.conversation_id).hold()
    if not endings.end(run, ending):
        return None
    title = cleaned(text) if ending.state == State.COMPLETED else ""
    rows = Conversation.objects.filter(id=run.conversation_id, titled=False)
    is_new = bool(title and rows.update(title=title))
    endings.count(run, ending, prompt, text)
    return rows.first() if is_new else None
