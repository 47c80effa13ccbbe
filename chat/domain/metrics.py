"""Numbers for Prometheus from the tables, without anything about people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum

from chat.models import Completion, Provider, UsageTotal
from chat.models.chain_link import Chain

from . import chain

# Seconds. Several nodes, each asked every few seconds, do not all add up the same.
KEPT = 15
NAME = "metrics:sums"


@dataclass(frozen=True, slots=True)
class Sample:
    """One number of the metric `name`, told apart by `labels`."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float


def samples() -> list[Sample]:
    """Four queries, or two while the sums are kept."""
    return [*_usage(), *_now(), *_chains()]


def _usage() -> Iterator[Sample]:
    """Calls with a price and calls without add up: the currency is a label of costs alone."""
    added: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for sample in _by_currency():
        key = (sample.name, sample.labels)
        added[key] = added.get(key, 0) + sample.value
    return (Sample(name, labels, value) for (name, labels), value in added.items())


def _by_currency() -> Iterator[Sample]:
    for row in _sums():
        where = (("provider", row["provider_name"]), ("model", row["model_name"]))
        outcome = (("outcome", row["outcome"]), ("purpose", row["purpose"]))
        yield Sample("calls", (*where, *outcome), row["all_calls"])
        yield Sample("unreported_calls", (*where, *outcome), row["all_calls"] - row["all_reported"])
        for kind in ("prompt", "completion"):
            labels = (*where, *outcome, ("kind", kind))
            yield Sample("tokens", labels, row[f"all_{kind}_tokens"])
        if row["currency"]:
            labels = (*where, *outcome, ("currency", row["currency"]))
            yield Sample("cost", labels, float(row["all_cost"]))


def _sums() -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] | None = cache.get(NAME)
    if kept is None:
        names = ("calls", "reported", "prompt_tokens", "completion_tokens", "cost")
        groups = ("provider_name", "model_name", "outcome", "purpose", "currency")
        rows = UsageTotal.objects.order_by().values(*groups)
        kept = list(rows.annotate(**{f"all_{name}": Sum(name) for name in names}))
        cache.set(NAME, kept, KEPT)
    return kept


def _now() -> Iterator[Sample]:
    open_now = Completion.objects.open().aggregate(
        running=Count("id", filter=Q(state="running")), queued=Count("id", filter=Q(state="queued"))
    )
    for state, count in open_now.items():
        yield Sample("replies", (("state", state),), count)
    for provider in Provider.objects.filter(enabled=True):
        yield Sample("provider_up", (("provider", provider.name),), float(not provider.is_failing))


def _chains() -> Iterator[Sample]:
    for one in Chain:
        yield Sample("chain_links", (("chain", one.value),), chain.head(one).seq)
