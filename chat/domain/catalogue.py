"""What a provider offers: trying it out, and loading its list of models.

CatalogueProblem   has a sentence; the provider could not be asked
"""

import time
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import crypto
from chat.models import ApiKey, Completion, LanguageModel, Provider, User
from chat.models.completion import Purpose, State
from chat.providers import (
    STREAM_OPTIONS_REFUSED,
    Client,
    Completed,
    Endpoint,
    ErrorCategory,
    InvalidSecret,
    ListedModel,
    ModelList,
    Prompt,
    PromptMessage,
    ProviderError,
    Secret,
    TextDelta,
    Timeouts,
    complete,
    list_models,
    words_for,
)

from . import circuits, key_use
from .endings import stop_asking_for_usage
from .ledger import record_usage
from .policies import parameters_to_send
from .progress import owned
from .runs import Ending, Owner, bill_for

QUESTION = "Reply with the single word: ready"
# Somebody waits for the page; a provider that needs longer is not one to be content with.
PATIENCE = Timeouts(connect=5, first_byte=20, first_byte_whole=45, idle=10, hard=60)
# No check takes longer; then whichever node sees it takes it for interrupted.
LONGEST = timedelta(seconds=90)
NODE = "check"


class CatalogueProblem(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Checked:
    """`words` is the result in one sentence, for the administrator."""

    works: bool
    words: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """`enabled`: the new ones can be used at once, as it is with a provider's first list.

    `missing` names models that we have and the provider no longer lists; they stay as they are.
    """

    added: list[str]
    enabled: bool
    known: int
    missing: list[str]
    listed: bool


def check_provider(provider: Provider, asked_by: User) -> Checked:
    """Runs one tiny completion and records it in the ledger.

    Raises CatalogueProblem when there is nothing to try it with.
    """
    endpoint = endpoint_for(provider)
    model = _model_to_try(provider)
    prompt = _prompt(model)
    check = _begin(model, prompt, asked_by)
    begun = time.monotonic()
    written, end = async_to_sync(_complete)(endpoint, prompt)
    seconds = time.monotonic() - begun
    _record(check, written, end)
    if isinstance(end, ProviderError):
        return Checked(works=False, words=_failure(end, model), seconds=seconds)
    circuits.note_success(provider)
    words = _("It works: {model} answered.").format(model=model)
    return Checked(works=True, words=words, seconds=seconds)


def load_models(provider: Provider) -> Loaded:
    """Adds the models that are new; none is removed or changed.

    Models that come later than the first list are added switched off: somebody should decide.
    Raises CatalogueProblem when the provider does not tell.
    """
    return keep_list(provider, async_to_sync(_list)(endpoint_for(provider)))


def keep_list(provider: Provider, answer: ModelList | ProviderError) -> Loaded:
    """What `load_models` does with the provider's answer, for callers that asked themselves."""
    Provider.objects.filter(id=provider.id).update(models_refreshed_at=Now())
    if isinstance(answer, ProviderError):
        raise CatalogueProblem(words_for(answer.category, retry_after=answer.retry_after))
    have = set(provider.language_models.values_list("model_name", flat=True))
    fresh = [model for model in answer.models if model.name not in have]
    rows = [_row(provider, model, enabled=not have) for model in fresh]
    # Somebody else may be loading them at this moment.
    LanguageModel.objects.bulk_create(rows, ignore_conflicts=True)
    return Loaded(
        added=[model.name for model in fresh],
        enabled=not have,
        known=len(have),
        missing=sorted(have - {model.name for model in answer.models}),
        listed=answer.listed,
    )


def _row(provider: Provider, model: ListedModel, *, enabled: bool) -> LanguageModel:
    return LanguageModel(
        provider=provider,
        model_name=model.name,
        context_window=model.context_window,
        enabled=enabled,
    )


def _model_to_try(provider: Provider) -> LanguageModel:
    model = provider.language_models.order_by("-enabled", "position", "model_name").first()
    if model is not None:
        return model
    if provider.adapter.static_models:
        return LanguageModel(provider=provider, model_name=provider.adapter.static_models[0])
    raise CatalogueProblem(_("There is no model to try. Load or add models first."))


def endpoint_for(provider: Provider) -> Endpoint:
    """Without retries: whoever tries a provider wants to see its first answer.

    Raises CatalogueProblem when it has no key, or one that does not open.
    """
    return replace(provider.endpoint(_secret(provider)), timeouts=PATIENCE, max_retries=0)


def _secret(provider: Provider) -> Secret:
    key = next(iter(key_use.keys_for(provider, None)), None)
    if key is None:
        raise CatalogueProblem(_("No key has been entered yet."))
    try:
        secret = key.reveal()
    except (crypto.CryptoError, InvalidSecret):
        raise CatalogueProblem(_("The stored key does not open. Enter it again.")) from None
    ApiKey.objects.filter(id=key.id).update(last_used_at=Now())
    return secret


async def _complete(endpoint: Endpoint, prompt: Prompt) -> tuple[str, Completed | ProviderError]:
    written = ""
    async with Client() as client, aclosing(complete(client, endpoint, prompt)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                written += event.text
            elif isinstance(event, Completed | ProviderError):
                return written, event
    raise RuntimeError("The call ended without a terminal event.")


async def _list(endpoint: Endpoint) -> ModelList | ProviderError:
    async with Client() as client:
        return await list_models(client, endpoint)


def _prompt(model: LanguageModel) -> Prompt:
    parameters = parameters_to_send(model, {})
    streamed = parameters.get("anonymize") is not True
    return Prompt(model.model_name, (PromptMessage("user", QUESTION),), parameters, streamed)


def _failure(error: ProviderError, model: LanguageModel) -> str:
    """Says what to look at; the words for other people send them to an administrator."""
    if error.category is ErrorCategory.AUTH:
        return _(
            "The key was refused. Enter it again, and check that the subscription with the "
            "provider is active."
        )
    if error.category is ErrorCategory.NOT_FOUND:
        return _(
            "The address or the model {name} does not exist there. Check the base URL, the paths "
            "and the model's name."
        ).format(name=model.model_name)
    if error.category is ErrorCategory.CONNECT_FAILED:
        return _(
            "It cannot be reached. Check the base URL and the network; an address in your own "
            "network must be named in PRIVATE_PROVIDERS."
        )
    return words_for(error.category, retry_after=error.retry_after)


def _begin(model: LanguageModel, prompt: Prompt, asked_by: User) -> Completion:
    """Written down first: where the process dies meanwhile, the call is counted all the same."""
    return Completion.objects.create(
        user=asked_by,
        provider=model.provider,
        # Known by its name only until it is added.
        language_model=model if model.pk else None,
        model_name=prompt.model_name,
        parameters=dict(prompt.parameters),
        purpose=Purpose.CHECK,
        state=State.RUNNING,
        node=NODE,
        started_at=Now(),
        lease_until=Now() + LONGEST,
    )


@transaction.atomic
def _record(check: Completion, written: str, end: Completed | ProviderError) -> None:
    done = isinstance(end, Completed)
    category = "" if isinstance(end, Completed) else end.category
    ending = Ending(
        State.COMPLETED if done else State.FAILED,
        error_category=category,
        usage=end.usage,
        accepted=done or bool(written),
    )
    rows = owned(Owner(check.id, check.node, check.lease_version))
    if rows.update(state=ending.state, error_category=category, finished_at=Now()):
        record_usage(bill_for(check, check.user), ending, QUESTION, written)
    if check.provider_id is not None and STREAM_OPTIONS_REFUSED in end.warnings:
        stop_asking_for_usage(check.provider_id)
