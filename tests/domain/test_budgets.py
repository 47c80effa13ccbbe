"""Budgets hold whoever asks at whatever instant, and say in words what is left."""

import threading
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from chat.domain import budget_alerts, budgets, endings, replies
from chat.domain.budget_words import OverBudget
from chat.domain.runs import Ending, bill_for
from chat.models import (
    Budget,
    BudgetSpend,
    Completion,
    LanguageModel,
    Message,
    Price,
    Reservation,
    User,
)
from chat.models.completion import State
from chat.protocol import SendMessage
from chat.providers import Usage
from tests.ledger import record

TODAY = timezone.localdate()


def budget(limit: str = "1000", **fields: Any) -> Budget:
    values = {"period": "day", "unit": "tokens", "limit": Decimal(limit), **fields}
    return Budget.objects.create(**values)


def ask(user: User, model: LanguageModel, text: str = "Hello", **parameters: Any) -> Completion:
    command = SendMessage(1, uuid4(), uuid4(), text, model.id, parameters=parameters)
    with transaction.atomic():
        return replies.send(user, command, "node").completion


def end(completion: Completion, total: int | None, state: State = State.COMPLETED) -> None:
    usage = None if total is None else Usage(0, total, total)
    ending = Ending(state, usage=usage, accepted=False)
    completion = Completion.objects.select_related("user", "provider", "language_model").get(
        id=completion.id
    )
    with transaction.atomic():
        endings.record_usage(bill_for(completion, completion.user), ending, "", "")


def spend() -> tuple[Decimal, Decimal]:
    row = BudgetSpend.objects.get()
    return row.spent, row.reserved


def test_what_is_reserved_is_settled_with_what_was_taken(alice: User, model: LanguageModel) -> None:
    budget("5000")
    completion = ask(alice, model, max_tokens=200)
    assert (spend()[0], 200 < spend()[1] < 250) == (0, True)
    end(completion, 42)
    assert spend() == (42, 0)
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("state", [State.FAILED, State.INTERRUPTED, State.STOPPED])
def test_a_call_that_took_nothing_frees_what_it_held(
    state: State, alice: User, model: LanguageModel
) -> None:
    budget("5000")
    end(ask(alice, model), None, state)
    assert spend() == (0, 0)


def test_what_is_given_back_leaves_no_trace(alice: User, model: LanguageModel) -> None:
    """Such as 0.1 + 0.2 - 0.1 - 0.2 does where money is stored as floating point."""
    budget("5000", unit="money", currency="CHF")
    price = {"currency": "CHF", "prompt": "0.1", "completion": "1.37"}
    Price.objects.create(language_model=model, valid_from="2020-01-01", **price)
    for completion in [ask(alice, model, max_tokens=n * 7 + 1) for n in range(3)]:
        end(completion, None, State.FAILED)
    assert BudgetSpend.objects.filter(reserved=0, spent=0).count() == 1


def test_a_call_counts_for_everyone_when_its_person_is_deleted_meanwhile(alice: User) -> None:
    """Such as one that held nothing."""
    for each in (True, False):
        budget("5000", each=each)
    budget("5000", group=Group.objects.create(name="Sales"), each=False)
    gone = User(id=alice.id)
    alice.delete()
    record(gone, total_tokens=15)
    spent = BudgetSpend.objects.order_by("user_id").values_list("user_id", "spent")
    assert list(spent) == [(0, 15), (gone.id, 15)]


def test_beyond_a_hard_budget_nothing_is_sent_and_the_words_say_when(
    alice: User, model: LanguageModel
) -> None:
    budget("1500")
    ask(alice, model, max_tokens=1000)
    with pytest.raises(OverBudget) as refused:
        ask(alice, model, max_tokens=1000)
    assert "tokens are left of the budget" in str(refused.value.words)
    assert (Completion.objects.count(), Message.objects.count()) == (1, 2)


def test_a_soft_budget_lets_through_and_says_so(alice: User, model: LanguageModel) -> None:
    budget("10", hard=False)
    end(ask(alice, model), 50)
    ask(alice, model)
    [left] = budgets.left_for(alice)
    assert (left.is_over, left.blocks) == (True, False)
    assert "You can go on" in left.words


def test_the_lowest_limit_wins_and_an_exception_takes_the_place_of_all(
    alice: User, bob: User, model: LanguageModel
) -> None:
    team = Group.objects.create(name="Sales")
    alice.groups.add(team)
    budget("100000")
    budget("100", group=team)
    with pytest.raises(OverBudget):
        ask(alice, model, max_tokens=500)
    ask(bob, model, max_tokens=500)
    budget("2000", user=alice, exception=True)
    ask(alice, model, max_tokens=500)
    assert [one.limit for one in budgets.applied_to(alice)] == [Decimal(2000)]


def test_a_team_shares_one_budget_or_each_has_their_own(
    alice: User, bob: User, model: LanguageModel
) -> None:
    team = Group.objects.create(name="Sales")
    for user in (alice, bob):
        user.groups.add(team)
    row = budget("1500", group=team, each=False)
    ask(alice, model, max_tokens=1000)
    with pytest.raises(OverBudget):
        ask(bob, model, max_tokens=1000)
    Budget.objects.filter(id=row.id).update(each=True)
    ask(bob, model, max_tokens=1000)


def test_money_counts_at_the_price_of_the_day_and_in_its_currency(
    alice: User, model: LanguageModel
) -> None:
    Price.objects.create(
        language_model=model,
        valid_from=TODAY,
        currency="CHF",
        prompt=Decimal(2),
        completion=Decimal(10),
    )
    budget("1", unit="money", currency="CHF")
    euros = budget("1", unit="money", currency="EUR")
    completion = ask(alice, model, max_tokens=1000)
    end(completion, 50_000)
    spent = dict(BudgetSpend.objects.values_list("budget__currency", "spent"))
    assert spent == {"CHF": Decimal("0.5"), "EUR": Decimal(0)}
    assert euros.limit_on(TODAY) == 1


def test_a_raise_holds_until_its_day(alice: User, model: LanguageModel) -> None:
    row = budget("10", raised_limit=Decimal(5000), raised_until=TODAY)
    ask(alice, model)
    assert row.limit_on(TODAY) == 5000
    assert row.limit_on(date(2999, 1, 1)) == 10


def test_months_end_as_months_do() -> None:
    assert budgets.ends("month", date(2026, 12, 31)) == date(2027, 1, 1)
    assert budgets.ends("month", date(2028, 2, 29)) == date(2028, 3, 1)
    assert budgets.ends("day", date(2026, 3, 31)) == date(2026, 4, 1)


def test_calls_that_reserved_nothing_count_too(alice: User, model: LanguageModel) -> None:
    """Such as an administrator's check of a provider."""
    budget("5000")
    completion = ask(alice, model)
    Reservation.objects.all().delete()
    BudgetSpend.objects.all().delete()
    end(completion, 7)
    assert spend() == (7, 0)


@pytest.mark.parametrize("people", [1, 30])
def test_without_a_budget_a_send_costs_one_query_more(
    people: int, alice: User, django_assert_num_queries: Any
) -> None:
    for number in range(people):
        Budget.objects.create(period="day", unit="tokens", limit=number, enabled=False, user=alice)
    with django_assert_num_queries(1):
        assert budgets.left_for(alice) == []


@pytest.mark.parametrize("count", [1, 30])
def test_what_is_left_costs_three_queries(
    count: int, alice: User, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        budget()
    with django_assert_num_queries(3):
        assert len(budgets.left_for(alice)) == count


def test_administrators_are_told_once_at_80_and_at_100_percent(
    alice: User, erin: User, dana: User, model: LanguageModel, settings: Any
) -> None:
    settings.MAX_RUNNING_PER_USER = 1000
    row = budget("10000", hard=False)
    told = []
    for total in (7900, 100, 1, 1999, 5):
        end(ask(alice, model, max_tokens=1), total)
        told.append([message.subject for message in budget_alerts.due()])
    assert told == [
        [],
        ["Chatsite: 80 % of the budget of Alice Adler are used"],
        [],
        ["Chatsite: 100 % of the budget of Alice Adler are used"],
        [],
    ]
    BudgetSpend.objects.update(told=0)
    [message] = budget_alerts.due()
    message.send()
    assert (mail.outbox[0].bcc, f"/budget/{row.id}/" in mail.outbox[0].body) == ([erin.email], True)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_sends_at_once_against_a_budget_for_ten_end_with_ten_accepted(
    alice: User, model: LanguageModel, settings: Any
) -> None:
    settings.MAX_RUNNING_PER_USER = 1000
    people = [User.objects.create_user(f"p{n}@example.org") for n in range(4)]
    budget("1", each=False)
    Budget.objects.update(limit=100_000)
    ask(alice, model, max_tokens=1000)
    each = BudgetSpend.objects.get().reserved
    Reservation.objects.all().delete()
    BudgetSpend.objects.all().delete()
    Budget.objects.update(limit=each * 10)
    outcomes: list[str] = []

    def send(number: int) -> None:
        try:
            ask(people[number % 4], model, max_tokens=1000)
            outcomes.append("accepted")
        except OverBudget:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("accepted"), outcomes.count("refused")) == (10, 90)
    assert BudgetSpend.objects.get().reserved == each * 10
