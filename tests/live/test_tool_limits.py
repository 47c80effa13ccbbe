"""What a model asks for is checked and bounded before anything runs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from chat.domain.budgets import USUAL_ANSWER
from chat.models import Budget, BudgetSpend, Message, Tool, ToolCall, UsageRecord, User
from chat.models.tool import SCHEMAS, Function, ToolKind
from chat.providers import Secret
from tests.wire import WireServer, json_reply

from .tooling import DONE, ask, asking, results

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "sk-tool-0123456789"


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(autouse=True)
def calculator(db: Any) -> Tool:
    return Tool.objects.create(
        name="calculator",
        description="Calculates.",
        kind=ToolKind.FUNCTION,
        function=Function.CALCULATOR,
        parameters=SCHEMAS[Function.CALCULATOR],
        writes=False,
    )


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("calculator", '{"expression": "17 * 3"}', "51"),
        ("rm", "{}", "Error: There is no tool of this name."),
        ("calculator", "{", "Error: The arguments are not a JSON object."),
        ("calculator", "[1]", "Error: The arguments are not a JSON object."),
        ("calculator", '{"expression": NaN}', "Error: The arguments are not a JSON object."),
        ("calculator", "{}", "Error: The argument 'expression' is missing."),
        (
            "calculator",
            '{"expression": 7}',
            "Error: The argument 'expression' must be of type string.",
        ),
        ("calculator", '{"expression": "1/0"}', "Error: Division by zero."),
    ],
)
def test_the_model_is_told_what_came_of_its_call(
    alice: User, server: WireServer, name: str, arguments: str, told: str
) -> None:
    server.play(asking((name, arguments)), DONE)
    ask(alice, server, replies=2)
    assert results(server) == [("c0", told)]


def test_a_round_beyond_the_budget_ends_with_words_and_is_not_sent(
    alice: User, server: WireServer
) -> None:
    Budget.objects.create(period="day", unit="tokens", limit=USUAL_ANSWER + 10)
    server.play(asking(("calculator", '{"expression": "2+2"}')), DONE)
    ask(alice, server, replies=2)
    assert len(server.requests) == 1
    ended = Message.objects.filter(role="assistant").order_by("id")
    assert [(it.completion.state, it.completion.error_category) for it in ended] == [
        ("completed", ""),
        ("failed", "over_budget"),
    ]
    rows = UsageRecord.objects.order_by("id").values_list("outcome", "source")
    assert list(rows) == [("completed", "estimated"), ("failed", "unknown")]
    assert set(BudgetSpend.objects.values_list("reserved", flat=True)) == {0}


def test_the_requests_are_exactly_as_documented(alice: User, server: WireServer) -> None:
    server.play(asking(("calculator", '{"expression": "2+2"}')), DONE)
    ask(alice, server, replies=2)
    function = {
        "name": "calculator",
        "description": "Calculates.",
        "parameters": SCHEMAS[Function.CALCULATOR],
    }
    call = {"name": "calculator", "arguments": '{"expression": "2+2"}'}
    first, second = (request.json for request in server.requests)
    assert first == {
        "model": "cygnet",
        "messages": [{"role": "user", "content": "Go"}],
        "tools": [{"type": "function", "function": function}],
        "tool_choice": "auto",
        "stream": True,
    }
    assert second == first | {
        "messages": [
            {"role": "user", "content": "Go"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c0", "type": "function", "function": call}],
            },
            {"role": "tool", "content": "4", "tool_call_id": "c0"},
        ]
    }


def test_calls_of_one_round_are_answered_together(alice: User, server: WireServer) -> None:
    sums = [("calculator", json.dumps({"expression": f"{n}+1"})) for n in range(18)]
    server.play(asking(*sums), DONE)
    ask(alice, server, replies=2)
    told = dict(results(server))
    assert (told["c0"], told["c15"]) == ("1", "16")
    assert told["c16"] == told["c17"] == "Error: Only 16 calls at once are run."


def test_arguments_cut_by_length_are_never_run(alice: User, server: WireServer) -> None:
    server.play(asking(("calculator", '{"expression": "1+1"}'), finish="length"), DONE)
    ask(alice, server, replies=1)
    assert [call.state for call in ToolCall.objects.all()] == ["incomplete"]
    assert len(server.requests) == 1


def test_rounds_come_to_an_end(alice: User, server: WireServer) -> None:
    server.play(asking(("calculator", '{"expression": "1+1"}')))
    ask(alice, server, replies=9)
    assert len(server.requests) == 9
    assert UsageRecord.objects.count() == 9
    last = ToolCall.objects.order_by("id").last()
    assert last is not None
    assert last.result == "The limit of 8 rounds of tools is reached."
    assert not Message.objects.filter(calls_open=True).exists()


def test_an_address_of_the_organisation_is_called_with_its_key(
    alice: User, server: WireServer
) -> None:
    with WireServer(json_reply({"degrees": 3, "text": "x" * 40_000})) as house:
        settings.PRIVATE_PROVIDERS.append(f"127.0.0.1:{house.port}")
        tool = Tool(
            name="weather",
            description="Weather.",
            kind=ToolKind.HTTP,
            url=f"{house.url}/weather",
            parameters={"type": "object", "properties": {"city": {"type": "string"}}},
            writes=False,
        )
        tool.seal(Secret(KEY))
        tool.save()
        server.play(asking(("weather", '{"city": "Zürich"}')), DONE)
        ask(alice, server, replies=2)
        (request,) = house.requests
    assert (request.path, request.json) == ("/weather", {"city": "Zürich"})
    assert request.header("Authorization") == f"Bearer {KEY}"
    ((_, told),) = results(server)
    assert told.startswith('{"degrees": 3')
    assert told.endswith("[The rest was cut off.]")
    assert len(told) < 32_100
    assert KEY not in str([one.body for one in server.requests])
