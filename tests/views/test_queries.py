"""How many queries a page needs: the same with one row and with thirty."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Conversation, LanguageModel, Message, UsageRecord, User

from .test_conversations import grow

ROWS = [1, 30]
SESSION_AND_USER = 2


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("rows", ROWS)
def test_sidebar(as_alice: Client, alice: User, rows: int) -> None:
    grow(alice, rows)
    assert queries(as_alice, "/conversations/") == SESSION_AND_USER + 4


@pytest.mark.parametrize("rows", ROWS)
def test_empty_page(as_alice: Client, alice: User, model: LanguageModel, rows: int) -> None:
    """Sidebar, models, tools, notices; draft, files, presets, budgets, and what is allowed."""
    grow(alice, rows)
    more_models(model, rows)
    assert queries(as_alice, "/") == SESSION_AND_USER + 12


@pytest.mark.parametrize("rows", ROWS)
def test_conversation(
    as_alice: Client,
    alice: User,
    conversation: Conversation,
    model: LanguageModel,
    exchange: Callable[..., Message],
    rows: int,
) -> None:
    """It, its tree, its turns, their usage and siblings; sidebar, models, tools, budgets."""
    grow(alice, rows)
    more_models(model, rows)
    for _ in range(rows):
        exchange(conversation)
    assert queries(as_alice, f"/c/{conversation.id}/") == SESSION_AND_USER + 18


@pytest.mark.parametrize("rows", ROWS)
def test_usage(as_alice: Client, alice: User, used: Callable[..., UsageRecord], rows: int) -> None:
    """Months, models and days from their sums; budgets, and whether costs are shown."""
    for number in range(rows):
        used(alice, model_name=f"model {number}")
    assert queries(as_alice, "/usage/") == SESSION_AND_USER + 5


def more_models(model: LanguageModel, count: int) -> None:
    LanguageModel.objects.bulk_create(
        LanguageModel(provider=model.provider, model_name=f"model {number}")
        for number in range(count)
    )
