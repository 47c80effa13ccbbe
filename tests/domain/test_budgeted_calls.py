"""What follows an answer by itself, a title or a round of tools, takes from the budgets, too."""

import uuid
from decimal import Decimal
from typing import Any

import pytest

from chat.domain import begin, budgets, endings, outcomes, replies, rounds, title_calls
from chat.domain.budget_words import OverBudget
from chat.domain.runs import Ending, Piece, Run, Wanted
from chat.models import (
    Budget,
    BudgetSpend,
    Completion,
    Conversation,
    LanguageModel,
    Message,
    Organisation,
    Reservation,
    UsageRecord,
    User,
)
from chat.models.completion import Part, Purpose, State
from chat.protocol import SendMessage
from chat.providers import Usage

QUESTION = "What is Chatsite?"


@pytest.fixture(autouse=True)
def chosen(model: LanguageModel) -> None:
    Organisation.objects.update_or_create(id=1, defaults={"title_model": model})


def budget(limit: int) -> Budget:
    return Budget.objects.create(period="day", unit="tokens", limit=limit)


def answered(user: User, model: LanguageModel, *calls: Wanted, total: int = 100) -> Run:
    """A question, and its answer that has ended."""
    parameters = {"max_tokens": 200}
    command = SendMessage(1, uuid.uuid4(), uuid.uuid4(), QUESTION, model.id, parameters=parameters)
    run = begin.begin(replies.send(user, command, "node").completion.id, "node")
    assert run is not None
    piece = Piece(run.owner, run.replies[0], 1, Part.CONTENT, "It is a program.")
    reasons = ("tool_calls" if calls else "stop",)
    ending = Ending(State.COMPLETED, reasons, usage=Usage(total, 0, total), calls=calls)
    assert endings.finish(run, ending, [piece], QUESTION)
    return run


def asked_for_a_tool(user: User, model: LanguageModel, total: int = 100) -> int:
    return answered(user, model, Wanted("c1", "unknown", "{}"), total=total).replies[0]


def spend() -> tuple[Decimal, bool]:
    """(what was spent, whether something is reserved)"""
    row = BudgetSpend.objects.get()
    return row.spent, row.reserved > 0


def test_a_title_reserves_and_settles(alice: User, model: LanguageModel) -> None:
    budget(10_000)
    run = title_calls.begin_call(answered(alice, model).conversation_id, "node")
    assert run is not None
    assert spend() == (100, True)
    title_calls.finish(run, Ending(State.COMPLETED, usage=Usage(70, 5, 75)), "About Chatsite")
    assert (spend(), Conversation.objects.get().title) == ((175, False), "About Chatsite")


def test_a_title_that_does_not_fit_is_not_made(alice: User, model: LanguageModel) -> None:
    budget(1000)
    conversation = answered(alice, model, total=990).conversation_id
    assert title_calls.begin_call(conversation, "node") is None
    assert (spend(), Conversation.objects.get().title) == ((990, False), QUESTION)
    assert Completion.objects.filter(purpose=Purpose.TITLE).count() == 0


def test_a_round_of_tools_reserves_and_settles(alice: User, model: LanguageModel) -> None:
    budget(10_000)
    made = rounds.next_round(asked_for_a_tool(alice, model), "node")
    assert made is not None
    run = made[1]
    assert run is not None
    assert spend() == (100, True)
    assert endings.finish(run, Ending(State.COMPLETED, usage=Usage(1, 1, 2)), [], "")
    assert spend() == (102, False)


def test_a_round_that_does_not_fit_ends_with_words(alice: User, model: LanguageModel) -> None:
    """What was written before it stays, and the ledger knows that nothing was sent."""
    budget(250)
    asking = asked_for_a_tool(alice, model)
    made = rounds.next_round(asking, "node")
    assert made is not None
    run = made[1]
    assert run is not None
    assert (run.problem, run.endpoints, spend()) == (OverBudget.code, (), (100, False))
    assert endings.finish(run, Ending(State.FAILED, error_category=run.problem), [], "")
    said = Message.objects.select_related("completion").get(id=run.replies[0])
    assert outcomes.problem(said).startswith("What is left of the budget may not be enough")
    assert Message.objects.get(id=asking).content == "It is a program."
    rows = UsageRecord.objects.order_by("id").values_list("outcome", "source")
    assert list(rows) == [("completed", "reported"), ("failed", "unknown")]
    assert rounds.ready() == []


def test_of_several_budgets_all_have_room_or_nothing_is_held(
    alice: User, model: LanguageModel
) -> None:
    for limit in (10_000, 250, 10_000):
        budget(limit)
    assert rounds.next_round(asked_for_a_tool(alice, model), "node") is not None
    assert {row.reserved for row in BudgetSpend.objects.all()} == {0}
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_to_reserve_costs_a_query_for_each_budget_and_a_few_for_all(
    count: int, alice: User, model: LanguageModel, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        budget(10_000)
    answered(alice, model)
    completion = Completion.objects.get()
    with django_assert_num_queries(5 + count):
        budgets.reserve(alice, completion, model, lambda: QUESTION)
    Reservation.objects.all().delete()
    # Within a savepoint.
    with django_assert_num_queries(7 + count):
        assert budgets.fits(alice, completion, model, lambda: QUESTION)
    row = UsageRecord.objects.get()
    with django_assert_num_queries(2 + count):
        budgets.settle(row)
