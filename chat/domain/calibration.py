"""Estimates of tokens come closer to what a model counts with every call that reports them."""

from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from chat.models import LanguageModel
from chat.providers import Usage, estimate_tokens

from .runs import Bill

# Of a few words, the tokens around the messages would be most.
LEAST_TOKENS = 50
LOWEST, HIGHEST = 0.3, 3.0
# How much one call counts against all before it.
WEIGHT = 0.2
# Neither the estimate nor the row is made anew with every call.
PAUSE = timedelta(minutes=1)


def learn(bill: Bill, usage: Usage, prompt_text: str, written: str) -> None:
    """Part of the transaction that ends a call whose provider reported its usage."""
    now = timezone.now()
    before = now - PAUSE
    known_at = bill.estimate_factor_at
    if bill.language_model_id is None or not usage.total or (known_at and known_at > before):
        return
    estimate = estimate_tokens(prompt_text) + estimate_tokens(written)
    if estimate <= LEAST_TOKENS:
        return
    ratio = min(max(usage.total / estimate, LOWEST), HIGHEST)
    due = Q(estimate_factor_at=None) | Q(estimate_factor_at__lte=before)
    LanguageModel.objects.filter(due, id=bill.language_model_id).update(
        estimate_factor=F("estimate_factor") * (1 - WEIGHT) + WEIGHT * ratio,
        estimate_factor_at=now,
    )


def estimate(bill: Bill, text: str) -> int:
    return round(estimate_tokens(text) * bill.estimate_factor)
