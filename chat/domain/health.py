"""How each provider does: from its circuit and from its calls of the last hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.utils import timezone

from chat.models import ApiKey, Completion, Provider
from chat.models.completion import OPEN, State
from chat.providers import ErrorCategory

from .budget_words import OverBudget

HOUR = timedelta(hours=1)
# Calls that are looked at; on a busy hour the newest stand for all.
MOST_CALLS = 5_000

Call = tuple[int, str, str, datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Health:
    """`error_rate` of 0 to 1 and `first_token` in seconds; None: no call told."""

    provider: Provider
    has_key: bool
    calls: int
    errors: int
    first_token: float | None

    @property
    def error_rate(self) -> float | None:
        return self.errors / self.calls if self.calls else None

    @property
    def key_refused(self) -> bool:
        """The last failure was about the key, and nothing has been answered since."""
        return self.provider.last_error == ErrorCategory.AUTH and self.provider.failures_in_row > 0


def health() -> list[Health]:
    """One for each provider, in three queries."""
    with_key = set(ApiKey.objects.usable().filter(owner=None).values_list("provider", flat=True))
    calls: dict[int, list[Call]] = {}
    for call in _recent_calls():
        calls.setdefault(call[0], []).append(call)
    return [
        _health(provider, calls.get(provider.id, []), has_key=provider.id in with_key)
        for provider in Provider.objects.all()
    ]


def _recent_calls() -> Iterable[Call]:
    ended = Completion.objects.exclude(state__in=OPEN).exclude(provider=None)
    # What was not sent says nothing about the provider.
    ended = ended.exclude(error_category=OverBudget.code)
    rows = ended.filter(created_at__gte=timezone.now() - HOUR).order_by("-created_at")
    columns = ("provider_id", "state", "error_category", "started_at", "first_delta_at")
    return rows.values_list(*columns)[:MOST_CALLS]


def _health(provider: Provider, calls: list[Call], *, has_key: bool) -> Health:
    waits = [
        (first - started).total_seconds()
        for _, _, _, started, first in calls
        if started is not None and first is not None
    ]
    errors = sum(state == State.FAILED for _, state, _, _, _ in calls)
    return Health(provider, has_key, len(calls), errors, median(waits) if waits else None)
