"""Adds a row to the usage ledger for each call: part of the transaction that ends the call."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from chat.models import UsageRecord, User
from chat.models.audit_event import Verb
from chat.models.chain_link import Chain
from chat.models.completion import State
from chat.models.usage_record import Source
from chat.providers import Usage

from . import audit, budgets, calibration, chain, prices, usage_days
from .runs import Bill, Ending

NOTHING = Usage(None, None, None, None, None, source="estimated", mismatch=False)
TEXTS = ("user_email", "user_name", "teams", "provider_name", "model_name", "note")


def record_usage(
    bill: Bill, ending: Ending, prompt_text: str, written: str, *, own_key: bool = False
) -> UsageRecord:
    """What was reported, else an estimate, else unknown (null, never 0); and what it cost.

    What a provider told only along the way, of an answer that was cut off, is part of an estimate.
    With the person's own key it costs the organisation nothing.
    """
    usage, source = _usage(bill, ending, prompt_text, written)
    if source == Source.REPORTED:
        calibration.learn(bill, usage, prompt_text, written)
    now = timezone.now()
    price = None if own_key else prices.price_at(bill.language_model_id, timezone.localdate(now))
    row = UsageRecord(
        **_copied(bill),
        created_at=now,
        outcome=ending.state,
        source=source,
        prompt_tokens=usage.prompt,
        completion_tokens=usage.completion,
        total_tokens=usage.total,
        cached_tokens=usage.cached,
        reasoning_tokens=usage.reasoning,
        mismatch=usage.mismatch,
        currency=price.currency if price else "",
        prompt_price=price.prompt if price else None,
        completion_price=price.completion if price else None,
        cached_price=price.cached if price else None,
        cost=Decimal(0) if own_key else prices.cost_of(price, usage),
        own_key=own_key,
    )
    return add(row)


def correct(record: UsageRecord, differences: dict[str, Any], note: str) -> UsageRecord:
    """A new row that points at the old one; `differences` are of tokens and `cost`.

    Nothing of the old row changes: sums take both.
    """
    copied = {name: getattr(record, name) for name in _KEPT_IN_CORRECTIONS}
    row = UsageRecord(
        **copied,
        completion_id=uuid4(),
        corrects=record.id,
        note=note,
        created_at=timezone.now(),
    )
    for name, value in differences.items():
        setattr(row, name, value)
    row.outcome, row.source = State.COMPLETED, Source.REPORTED
    return add(row)


@transaction.atomic
def correct_by(
    actor: User, record: UsageRecord, differences: dict[str, Any], note: str
) -> UsageRecord:
    """A correction that somebody made by hand: the audit log names them."""
    row = correct(record, differences, note)
    details = {"corrects": record.id} | {
        name: value if isinstance(value, int | str) else str(value)
        for name, value in differences.items()
        if value is not None
    }
    audit.record(Verb.LEDGER_CORRECTED, actor, row, name=str(row.id), reason=note, details=details)
    return row


_KEPT_IN_CORRECTIONS = (
    "conversation_id",
    "user_id",
    "user_email",
    "user_name",
    "teams",
    "provider_name",
    "model_name",
    "purpose",
    "currency",
    "own_key",
)


def add(row: UsageRecord) -> UsageRecord:
    """With its MAC, settled with the budgets, and added to the sums of its day.

    Those last: other calls that end wait at the row of everybody's sums until this is committed.
    """
    for name in TEXTS:
        setattr(row, name, chain.without_separators(getattr(row, name)))
    row.mac = chain.mac(Chain.USAGE, row)
    row.save(force_insert=True)
    budgets.settle(row)
    usage_days.add(row)
    return row


def _copied(bill: Bill) -> dict[str, Any]:
    return {
        "completion_id": bill.completion_id,
        "conversation_id": str(bill.conversation_id or ""),
        "user_id": bill.user_id,
        "user_email": bill.user_email,
        "user_name": bill.user_name,
        "teams": bill.teams,
        "provider_name": bill.provider_name,
        "model_name": bill.model_name,
        "purpose": bill.purpose,
        "anonymized": bill.anonymized,
        "moderated": bill.moderated,
    }


def _usage(bill: Bill, ending: Ending, prompt_text: str, written: str) -> tuple[Usage, Source]:
    told = ending.usage
    if told is not None and not told.interim:
        return told, Source.REPORTED
    nothing_is_left = not prompt_text and not written
    if told is None and (nothing_is_left or not (ending.accepted or written)):
        return NOTHING, Source.UNKNOWN
    prompt = calibration.estimate(bill, prompt_text)
    completion = calibration.estimate(bill, written)
    return _at_least(told or NOTHING, prompt, completion), Source.ESTIMATED


def _at_least(told: Usage, prompt: int, completion: int) -> Usage:
    """An estimate that is not less than what the provider told along the way."""
    prompt = prompt if told.prompt is None else told.prompt
    completion = max(completion, told.completion or 0)
    total = max(prompt + completion, told.total or 0)
    return replace(told, prompt=prompt, completion=completion, total=total, mismatch=False)
