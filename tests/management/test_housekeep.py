"""`manage.py housekeep`: one run, told in sentences."""

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from chat.models import Conversation, LanguageModel, Provider, User
from tests.demonstration import demonstration
from tests.kit import demo_model


def run() -> str:
    out = StringIO()
    call_command("housekeep", stdout=out)
    return out.getvalue()


def test_it_loads_all_lists_whenever_it_is_called(db: Any) -> None:
    with demonstration() as server:
        demo_model(server.port)
        said = "Demo openai_compatible: 1 new model, switched off until somebody enables it.\n"
        assert run() == said
        assert run() == "Demo openai_compatible: no new models.\n"
    assert not LanguageModel.objects.get(model_name="demo-reasoning").enabled
    assert run() == "Demo openai_compatible: The provider could not be reached.\n"


def test_it_says_when_there_is_nothing_to_do(db: Any) -> None:
    Provider.objects.create(name="Swans", kind="grayswan", base_url="https://x.example.org")
    assert run() == "No provider has a list of models to load.\n"


def test_it_says_how_much_it_has_removed(alice: User) -> None:
    for number in range(2):
        Conversation.objects.create(owner=alice, title=f"{number}")
    Conversation.objects.update(deleted_at=timezone.now() - timedelta(days=2))
    assert run().splitlines()[0] == "Removed for good, because it was due: 2."
    assert not Conversation.with_deleted.exists()
