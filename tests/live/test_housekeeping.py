"""The running server loads lists of models anew once a day, and survives whatever happens."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from chat import database
from chat.live import housekeeping
from chat.models import LanguageModel, Provider
from tests.kit import demo_model, demo_server

pytestmark = pytest.mark.django_db(transaction=True)


def make_due(port: int) -> None:
    demo_model(port)
    Provider.objects.update(created_at=timezone.now() - timedelta(days=2))


def keep_house(*, reachable: bool = True) -> None:
    async def main() -> None:
        async with demo_server() as server:
            await database.write(make_due, server.port if reachable else 9)
            await housekeeping.once()
            await housekeeping.once()

    asyncio.run(main())


def known() -> list[tuple[str, bool]]:
    return sorted(LanguageModel.objects.values_list("model_name", "enabled"))


def test_new_models_come_switched_off(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "chat")
    keep_house()
    assert known() == [("demo-chat", True), ("demo-reasoning", False)]
    assert [record.getMessage() for record in caplog.records] == [
        "Demo openai_compatible: 1 new model, switched off until somebody enables it."
    ]


def test_a_provider_out_of_reach_costs_one_line(caplog: pytest.LogCaptureFixture) -> None:
    keep_house(reachable=False)
    assert known() == [("demo-chat", True)]
    (record,) = caplog.records
    assert record.getMessage() == "Demo openai_compatible: The provider could not be reached."
    assert record.exc_info is None
