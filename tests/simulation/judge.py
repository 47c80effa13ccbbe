"""The same audit on a site whose servers were killed; runs in a process beside it."""

import json
from collections import Counter
from pathlib import Path

from chat.live import node
from chat.models import UsageRecord
from tests.simulation import audit
from tests.simulation.counting import Call

# How a call may end that the provider finished, while nobody was there to hear it.
UNHEARD = {"interrupted", "stopped"}


def save(calls: list[Call], path: Path) -> None:
    rows = [(one.conversation, one.purpose, one.own_key, one.attempts) for one in calls]
    path.write_text(json.dumps(rows))


def judge(path: Path) -> None:
    """Raises AssertionError where the ledger and the provider's books do not agree."""
    calls = [
        Call(conversation, purpose, own, {int(at): tuple(it) for at, it in attempts.items()})
        for conversation, purpose, own, attempts in json.loads(path.read_text())
    ]
    # What a drain had no time for is left to the next start.
    node.take_over_at_start()
    assert_all_that_was_asked_is_there(calls)
    assert_what_was_heard_is_kept(calls)
    audit.assert_all_is_counted_once()
    audit.assert_sums_agree()
    audit.assert_budgets_agree()
    audit.assert_chains_hold()


def assert_all_that_was_asked_is_there(calls: list[Call]) -> None:
    """Calls that ended before they were sent have rows, too."""
    asked = Counter((call.conversation, call.purpose) for call in calls)
    rows = UsageRecord.objects.values_list("conversation_id", "purpose")
    missing = asked - Counter(rows)
    assert not missing, missing


def assert_what_was_heard_is_kept(calls: list[Call]) -> None:
    told, kept = audit.reports_of(calls), audit.reports_in_ledger()
    invented = kept - told
    assert not invented, invented
    cut = UsageRecord.objects.filter(outcome__in=UNHEARD).exclude(source="reported")
    unheard = Counter((conversation, purpose) for conversation, purpose, *_ in told - kept)
    lost = unheard - Counter(cut.values_list("conversation_id", "purpose"))
    assert not lost, lost
