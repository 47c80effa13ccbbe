"""A sealed key that was copied elsewhere, or whose host was changed, is sent to nobody."""

import asyncio
from collections.abc import Callable

import pytest

from chat import database, providers
from chat.models import ApiKey, Completion, LanguageModel, Provider, UsageRecord, User
from chat.models.completion import State
from tests.kit import demo_model, demo_server, looking, running_node
from tests.security.mirror import mirror

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[[Provider, int], None]


def copied_from_another_row(provider: Provider, _port: int) -> None:
    other = ApiKey(provider=provider)
    other.seal(providers.Secret("sk-somebody-elses"))
    provider.api_keys.update(sealed=other.sealed)


def copied_to_another_provider(provider: Provider, port: int) -> None:
    thief = Provider.objects.create(
        name="Thief", kind=provider.kind, base_url=f"http://127.0.0.1:{port}/v1"
    )
    provider.api_keys.update(provider=thief)
    LanguageModel.objects.update(provider=thief)


def sent_to_another_port(provider: Provider, port: int) -> None:
    Provider.objects.update(base_url=f"http://127.0.0.1:{port}/v1")


def sent_to_another_name(provider: Provider, port: int) -> None:
    Provider.objects.update(base_url=provider.base_url.replace("127.0.0.1", "localhost"))


def cut_short(provider: Provider, _port: int) -> None:
    key = provider.api_keys.get()
    provider.api_keys.update(sealed=bytes(key.sealed)[:-4])


def emptied(provider: Provider, _port: int) -> None:
    provider.api_keys.update(sealed=b"")


CHANGES = [
    copied_from_another_row,
    copied_to_another_provider,
    sent_to_another_port,
    sent_to_another_name,
    cut_short,
    emptied,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_key_that_was_tampered_with_reaches_nobody(
    alice: User, change: Change, caplog: pytest.LogCaptureFixture, settings: object
) -> None:
    async def main(port: int) -> int:
        async with demo_server() as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            settings.PRIVATE_PROVIDERS += [  # type: ignore[attr-defined]
                f"127.0.0.1:{port}",
                f"localhost:{server.port}",
            ]
            await database.write(change, model.provider, port)
            async with looking(node, alice) as eyes:
                answer = await eyes.send(model, "Hello")
                assert await eyes.ended(answer["reply"]) == State.FAILED
            return len(server.calls)

    with mirror() as thief:
        assert asyncio.run(main(thief.server_port)) == 0
        assert thief.keys == set()  # type: ignore[attr-defined]
    assert Completion.objects.get().error_category == "auth"
    assert UsageRecord.objects.get().source == "unknown"
    assert "Traceback" not in caplog.text


def test_a_key_that_was_taken_back_is_sent_no_more(alice: User) -> None:
    async def main() -> tuple[str, int]:
        async with demo_server() as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            async with looking(node, alice) as eyes:
                first = await eyes.send(model, "What is Chatsite?")
                await eyes.ended(first["reply"])
                await database.write(lambda: ApiKey.objects.get().revoke())
                second = await eyes.send(model, "What is Chatsite?")
                return await eyes.ended(second["reply"]), len(server.calls)

    assert asyncio.run(main()) == (State.FAILED, 1)
