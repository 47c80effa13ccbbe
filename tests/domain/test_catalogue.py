"""Trying out a provider and loading its models, against the demonstration over real HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from chat import demo, providers
from chat.domain import keys
from chat.domain.catalogue import CatalogueProblem, Loaded, check_provider, load_models
from chat.models import LanguageModel, Price, Provider, UsageRecord, User
from tests.demonstration import demonstration


@pytest.fixture(scope="module")
def server() -> Iterator[demo.DemoServer]:
    with demonstration() as running:
        yield running


def make(server: demo.DemoServer, settings: Any, kind: str, key: str = "demo-key") -> Provider:
    settings.PRIVATE_PROVIDERS = [f"127.0.0.1:{server.port}"]
    row = Provider.objects.create(name=kind, kind=kind, base_url=server.base_urls[kind])
    if key:
        keys.enter_key(row, providers.Secret(key), None)
    return row


def models_of(provider: Provider) -> list[tuple[str, bool]]:
    return sorted(provider.language_models.values_list("model_name", "enabled"))


@pytest.mark.parametrize("kind", ["peakprivacy", "grayswan", "openai_compatible"])
def test_it_says_that_a_provider_works_and_records_the_call(
    erin: User, server: demo.DemoServer, settings: Any, kind: str
) -> None:
    provider = make(server, settings, kind)
    load_models(provider)
    for model in provider.language_models.all():
        Price.objects.create(
            language_model=model, valid_from="2020-01-01", currency="CHF", prompt=1, completion=2
        )
    checked = check_provider(provider, erin)
    assert checked.works
    assert checked.words.startswith("It works: ")
    assert checked.seconds < 30
    row = UsageRecord.objects.get()
    assert (row.purpose, row.outcome, row.user_email) == ("check", "completed", erin.email)
    assert (row.provider_name, row.currency, row.cost is not None) == (kind, "CHF", True)


def test_it_says_that_the_key_was_refused(
    erin: User, server: demo.DemoServer, settings: Any
) -> None:
    provider = make(server, settings, "openai_compatible", key="refused-key")
    LanguageModel.objects.create(provider=provider, model_name="demo-chat")
    checked = check_provider(provider, erin)
    words = (
        "The key was refused. Enter it again, and check that the subscription with the provider "
        "is active."
    )
    assert (checked.works, checked.words) == (False, words)
    assert UsageRecord.objects.get().outcome == "failed"


def test_it_says_that_the_model_is_not_there(
    erin: User, server: demo.DemoServer, settings: Any
) -> None:
    provider = make(server, settings, "openai_compatible")
    LanguageModel.objects.create(provider=provider, model_name="no-such-model")
    checked = check_provider(provider, erin)
    assert not checked.works
    assert "no-such-model" in checked.words


def test_it_says_that_nobody_can_be_reached(
    erin: User, model: LanguageModel, settings: Any
) -> None:
    settings.PRIVATE_PROVIDERS = ["127.0.0.1:9"]
    checked = check_provider(model.provider, erin)
    assert not checked.works
    assert checked.words.startswith("It cannot be reached.")


def test_it_does_not_go_to_private_addresses_that_are_not_allowed(
    erin: User, server: demo.DemoServer, settings: Any
) -> None:
    provider = make(server, settings, "openai_compatible")
    LanguageModel.objects.create(provider=provider, model_name="demo-chat")
    settings.PRIVATE_PROVIDERS = []
    before = len(server.calls)
    assert not check_provider(provider, erin).works
    assert len(server.calls) == before


def test_it_needs_a_key(erin: User, server: demo.DemoServer, settings: Any) -> None:
    provider = make(server, settings, "grayswan", key="")
    with pytest.raises(CatalogueProblem, match="No key has been entered yet"):
        check_provider(provider, erin)
    with pytest.raises(CatalogueProblem, match="No key has been entered yet"):
        load_models(provider)
    assert UsageRecord.objects.count() == 0


def test_it_does_not_send_a_key_to_a_changed_host(
    erin: User, server: demo.DemoServer, settings: Any
) -> None:
    provider = make(server, settings, "grayswan")
    Provider.objects.filter(id=provider.id).update(base_url="http://127.0.0.1:9/v1")
    provider.refresh_from_db()
    with pytest.raises(CatalogueProblem, match="does not open"):
        check_provider(provider, erin)


def test_the_first_list_is_enabled(server: demo.DemoServer, settings: Any, db: Any) -> None:
    provider = make(server, settings, "openai_compatible")
    assert load_models(provider) == Loaded(
        added=["demo-chat", "demo-reasoning"], enabled=True, known=0, missing=[], listed=True
    )
    assert models_of(provider) == [("demo-chat", True), ("demo-reasoning", True)]


def test_later_models_are_switched_off_and_nothing_is_removed(
    server: demo.DemoServer, settings: Any, db: Any
) -> None:
    provider = make(server, settings, "openai_compatible")
    LanguageModel.objects.create(provider=provider, model_name="demo-chat", label="Ours")
    LanguageModel.objects.create(provider=provider, model_name="retired")
    assert load_models(provider) == Loaded(
        added=["demo-reasoning"], enabled=False, known=2, missing=["retired"], listed=True
    )
    assert models_of(provider) == [
        ("demo-chat", True),
        ("demo-reasoning", False),
        ("retired", True),
    ]
    assert provider.language_models.get(model_name="demo-chat").label == "Ours"


def test_a_provider_without_a_list_has_the_documented_models(
    server: demo.DemoServer, settings: Any, db: Any
) -> None:
    loaded = load_models(make(server, settings, "grayswan"))
    assert (loaded.added, loaded.listed) == (["cygnet", "cygnet-v0.2"], False)


def test_a_refused_key_adds_nothing(server: demo.DemoServer, settings: Any, db: Any) -> None:
    provider = make(server, settings, "openai_compatible", key="refused-key")
    with pytest.raises(CatalogueProblem):
        load_models(provider)
    assert models_of(provider) == []
