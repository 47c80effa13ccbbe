"""What the rules of retention remove, what a hold keeps, and that the ledger stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from chat.domain import housekeeping, retention
from chat.models import (
    AuditEvent,
    Comment,
    Completion,
    Conversation,
    Message,
    RetentionRule,
    UsageRecord,
    User,
)
from tests.ledger import record


def old(owner: User, days: int, **fields: Any) -> Conversation:
    conversation = Conversation.objects.create(owner=owner, title=f"{days} days", **fields)
    moment = timezone.now() - timedelta(days=days)
    Conversation.objects.filter(id=conversation.id).update(updated_at=moment)
    return conversation


def titles() -> set[str]:
    return set(Conversation.objects.values_list("title", flat=True))


@pytest.fixture
def sales(alice: User) -> Group:
    team = Group.objects.create(name="Sales")
    alice.groups.add(team)
    return team


def test_without_a_rule_nothing_is_removed(alice: User) -> None:
    old(alice, 5000)
    assert (retention.remove_due(), titles()) == (0, {"5000 days"})


def test_a_teams_rule_is_for_its_members_and_the_other_one_for_the_rest(
    alice: User, bob: User, sales: Group
) -> None:
    RetentionRule.objects.create(group=sales, days=10)
    RetentionRule.objects.create(days=100)
    for owner, days in ((alice, 9), (alice, 11), (bob, 12), (bob, 101)):
        old(owner, days)
    assert (retention.remove_due(), titles()) == (2, {"9 days", "12 days"})


def test_of_several_teams_the_shortest_counts(alice: User, sales: Group) -> None:
    law = Group.objects.create(name="Law")
    alice.groups.add(law)
    RetentionRule.objects.create(group=sales, days=100)
    RetentionRule.objects.create(group=law, days=10)
    old(alice, 50)
    assert retention.remove_due() == 1


@pytest.mark.parametrize("hold", ["conversation", "owner", "editor", "comment", "running"])
def test_what_is_held_or_running_stays(hold: str, alice: User, bob: User) -> None:
    RetentionRule.objects.create(days=10)
    conversation = old(alice, 50, legal_hold=hold == "conversation")
    if hold == "owner":
        User.objects.filter(id=alice.id).update(legal_hold=True)
    elif hold in {"editor", "comment"}:
        wrote = Message.objects.create(
            conversation=conversation,
            role="user",
            content="x",
            author=bob if hold == "editor" else alice,
        )
        if hold == "comment":
            Comment.objects.create(conversation=conversation, message=wrote, author=bob, text="y")
        User.objects.filter(id=bob.id).update(legal_hold=True)
    elif hold == "running":
        Completion.objects.create(conversation=conversation, model_name="m", state="running")
    assert (retention.remove_due(), titles()) == (0, {"50 days"})


def test_the_ledger_stays_and_the_removal_is_written_down(alice: User) -> None:
    RetentionRule.objects.create(days=10)
    conversation = old(alice, 50)
    Message.objects.create(conversation=conversation, role="user", content="x")
    record(alice, conversation_id=str(conversation.id))
    assert housekeeping.purge() == 1
    assert UsageRecord.objects.get().conversation_id == str(conversation.id)
    event = AuditEvent.objects.get()
    assert (event.verb, event.details) == ("retention", '{"conversations": 1}')


def test_it_goes_in_small_batches(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    RetentionRule.objects.create(days=10)
    for days in (20, 40, 30):
        old(alice, days)
    assert [retention.remove_due() for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("count", [1, 30])
def test_a_preview_tells_what_would_go(
    count: int, alice: User, django_assert_num_queries: Any
) -> None:
    rule = RetentionRule.objects.create(days=10)
    found = [old(alice, 20) for _ in range(count)]
    old(alice, 20, legal_hold=True)
    old(alice, 5)
    with django_assert_num_queries(3):
        [preview] = retention.previews()
    found[0].refresh_from_db()
    assert preview == retention.Preview(rule, count, 1, preview.oldest, held=1)
    assert preview.oldest is not None
    assert preview.oldest <= found[0].updated_at
    assert len(titles()) == 2


def test_temporary_conversations_go_after_an_hour(alice: User) -> None:
    old(alice, 1, temporary=True)
    fresh = Conversation.objects.create(owner=alice, temporary=True)
    assert retention.remove_temporary() == 1
    assert Conversation.objects.get() == fresh
