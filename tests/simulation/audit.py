"""What must hold in the end, whatever happened: the ledger against the provider's own books."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from chat.domain import chain, usage_checks, verifying
from chat.models import (
    Budget,
    BudgetSpend,
    Completion,
    ReplyChunk,
    Reservation,
    UsageDay,
    UsageMonth,
    UsageRecord,
    User,
)
from chat.models.chain_link import Chain
from chat.models.usage_record import Source
from tests.simulation.counting import Call

TOKENS = ("prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens", "reasoning_tokens")
KEYS = (
    "user_id", "user_email", "teams", "provider_name", "model_name", "purpose", "outcome",
    "currency",
)  # fmt: skip

Report = tuple[str, str, bool, tuple[int, ...]]


def reports_of(calls: Iterable[Call]) -> Counter[Report]:
    """(conversation, purpose, own key, tokens) of what the provider reported."""
    told = [(call, call.tokens) for call in calls]
    return Counter(
        (call.conversation, call.purpose, call.own_key, tokens)
        for call, tokens in told
        if tokens is not None
    )


def reports_in_ledger() -> Counter[Report]:
    rows = UsageRecord.objects.filter(source=Source.REPORTED)
    return Counter(
        (row.conversation_id, row.purpose, row.own_key, tuple(getattr(row, it) for it in TOKENS))
        for row in rows
    )


def assert_nothing_is_less_than_told(calls: Iterable[Call]) -> None:
    """Of answers that were cut off, what was told along the way is the least of the estimate."""
    rows = UsageRecord.objects.filter(source=Source.ESTIMATED)
    kept = {(row.conversation_id, row.prompt_tokens): row.completion_tokens for row in rows}
    for call in calls:
        found = [(told, kept.get((call.conversation, at))) for at, told in call.along.items()]
        assert not found or any(has is not None and has >= told for told, has in found), vars(call)


def assert_all_is_counted_once() -> None:
    """Every call has ended and has its row."""
    assert not Completion.objects.open().exists()
    assert not ReplyChunk.objects.exists()
    calls = Counter(Completion.objects.values_list("id", flat=True))
    rows = Counter(UsageRecord.objects.values_list("completion_id", flat=True))
    assert (calls - rows, rows - calls) == (Counter(), Counter())
    for row in UsageRecord.objects.exclude(source=Source.REPORTED):
        known = [getattr(row, name) for name in TOKENS[:3]]
        estimated = None not in known and known[0] > 0
        assert estimated if row.source == Source.ESTIMATED else known == [None] * 3, vars(row)


def assert_sums_agree() -> None:
    """By day and by month, with the ledger as it is."""
    for model, day_of in ((UsageDay, _same), (UsageMonth, _first)):
        expected: dict[tuple[Any, ...], list[Any]] = {}
        for row in UsageRecord.objects.all():
            day = day_of(timezone.localdate(row.created_at))
            key = (day, *(getattr(row, name) or _empty(name) for name in KEYS))
            sums = expected.setdefault(key, [0] * 10)
            expected[key] = [a + b for a, b in zip(sums, _summed(row), strict=True)]
        kept = {
            tuple(getattr(row, name) for name in ("day", *KEYS)): [
                row.calls, row.reported, row.estimated, row.unknown,
                *(getattr(row, name) for name in TOKENS), row.cost,
            ]
            for row in model.objects.all()
        }  # fmt: skip
        assert kept == expected
    assert usage_checks.first_difference() is None


def _same(day: Any) -> Any:
    return day


def _first(day: Any) -> Any:
    return day.replace(day=1)


def _empty(name: str) -> Any:
    return 0 if name == "user_id" else ""


def _summed(row: UsageRecord) -> list[Any]:
    sources = [row.source == source for source in ("reported", "estimated", "unknown")]
    tokens = [getattr(row, name) or 0 for name in TOKENS]
    return [1, *map(int, sources), *tokens, row.cost or Decimal(0)]


def assert_budgets_agree() -> None:
    """What was spent is what the ledger says, and nothing is left reserved."""
    assert not Reservation.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM chat_budgetspend WHERE reserved <> 0")
        assert cursor.fetchone() == (0,)
    for budget in Budget.objects.select_related("user", "group"):
        spends = {one.user_id: one.spent for one in _spends(budget) if one.spent}
        expected: dict[int, Decimal] = {}
        for row in _rows_of(budget):
            whose = row.user_id or 0 if budget.each else 0
            taken = Decimal(row.total_tokens or 0)
            if budget.unit == "money":
                taken = row.cost or Decimal(0)
            expected[whose] = expected.get(whose, Decimal(0)) + taken
        assert spends == {whose: sum_ for whose, sum_ in expected.items() if sum_}, str(budget)


def _spends(budget: Budget) -> list[BudgetSpend]:
    return list(BudgetSpend.objects.filter(budget=budget))


def _rows_of(budget: Budget) -> list[UsageRecord]:
    rows = UsageRecord.objects.all()
    if budget.user_id is not None:
        rows = rows.filter(user_id=budget.user_id)
    if budget.group_id is not None:
        rows = rows.filter(user_id__in=User.objects.filter(groups=budget.group_id))
    return list(rows)


def assert_chains_hold() -> None:
    for one in Chain:
        while chain.extend(one):
            pass
        verdict = verifying.verify(one)
        assert (verdict.finding, verdict.waiting) == (None, 0)
    assert verdict is not None
    assert verifying.verify(Chain.USAGE).rows == UsageRecord.objects.count()
