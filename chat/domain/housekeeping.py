"""What is done now and then: old things removed, and lists of models loaded anew."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Provider
from chat.providers import Endpoint, ModelList, ProviderError

from . import attachments, budgets, deletions, recently_deleted, retention, share_links, sharing
from .catalogue import CatalogueProblem, endpoint_for, keep_list, load_models
from .transfer import jobs

DAY = timedelta(days=1)
BUDGETS_KEPT = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Due:
    """A provider whose list this node is to ask for; nobody else does."""

    provider: Provider
    endpoint: Endpoint


def listing() -> QuerySet[Provider]:
    """Providers whose first list somebody has loaded, and that have been answering."""
    rows = Provider.objects.filter(enabled=True, failing_since=None)
    return rows.exclude(language_models=None).distinct()


def refresh() -> list[str]:
    """Loads all lists now; a sentence for each provider."""
    return [_refresh(provider) for provider in listing() if _has_list(provider)]


def claim() -> tuple[list[Due], list[str]]:
    """Those that were not asked for a day; and sentences on those that cannot be asked.

    Each is taken with one conditional UPDATE, so that of many nodes only one asks.
    """
    due, problems = [], []
    for provider in listing():
        if not _has_list(provider) or not _take(provider):
            continue
        try:
            due.append(Due(provider, endpoint_for(provider)))
        except CatalogueProblem as problem:
            problems.append(f"{provider}: {problem}")
    return due, problems


def keep(due: Due, answer: ModelList | ProviderError) -> str:
    try:
        return _told(due.provider, len(keep_list(due.provider, answer).added))
    except CatalogueProblem as problem:
        return f"{due.provider}: {problem}"


def purge() -> int:
    """Removes for good a batch of what is due; 0: that was all.

    That is what nobody can bring back any more, what was never sent, temporary conversations, and
    what the rules of retention say; exports of yesterday; shares, links and what was counted for
    budgets in periods that ended long ago.
    """
    deleted = deletions.purge_deleted(timezone.now() - deletions.UNDO_WITHIN)
    deleted += recently_deleted.purge() + attachments.remove_old() + jobs.remove_old()
    deleted += sharing.remove_ended() + share_links.remove_ended()
    deleted += budgets.prune(timezone.localdate() - BUDGETS_KEPT)
    return deleted + retention.remove_temporary() + retention.remove_due()


def _refresh(provider: Provider) -> str:
    try:
        return _told(provider, len(load_models(provider).added))
    except CatalogueProblem as problem:
        return f"{provider}: {problem}"


def _has_list(provider: Provider) -> bool:
    return bool(provider.models_path or provider.adapter.models_path)


def _take(provider: Provider) -> bool:
    last = Coalesce(F("models_refreshed_at"), F("created_at"))
    rows = Provider.objects.annotate(last=last).filter(
        Q(last__lt=timezone.now() - DAY), id=provider.id
    )
    return rows.update(models_refreshed_at=Now()) == 1


def _told(provider: Provider, added: int) -> str:
    if not added:
        return _("{provider}: no new models.").format(provider=provider)
    words = ngettext(
        "{provider}: {count} new model, switched off until somebody enables it.",
        "{provider}: {count} new models, switched off until somebody enables them.",
        added,
    )
    return words.format(provider=provider, count=added)
