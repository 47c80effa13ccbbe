"""Titles that a model makes: one cheap call after the first answer, counted, never in the way."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chat import database
from chat.demo import DemoServer
from chat.domain import history
from chat.live.node import Node
from chat.models import Completion, Conversation, LanguageModel, Organisation, UsageRecord, User
from chat.models.completion import Purpose, State
from tests.kit import Eyes, demo_model, demo_server, looking, running_node

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "What is Chatsite and what may I ask it today?"


def organise(model: LanguageModel | None) -> None:
    organisation = Organisation.current()
    organisation.title_model = model
    organisation.save()


def ledger() -> list[tuple[str, str, str]]:
    rows = UsageRecord.objects.order_by("id")
    return list(rows.values_list("purpose", "outcome", "user_email"))


async def quiet(node: Node) -> None:
    """All that the relay still does has been done."""
    async with asyncio.timeout(15):
        while node.relay._tasks:
            await asyncio.sleep(0.02)


async def ask(eyes: Eyes, model: LanguageModel, text: str = QUESTION, **fields: Any) -> str:
    answer = await eyes.send(model, text, **fields)
    await eyes.ended(answer["reply"])
    await quiet(eyes.node)
    return str(answer["conversation"])


def play(alice: User, scene: Callable[[Eyes, LanguageModel, DemoServer], Any]) -> None:
    async def main() -> None:
        async with demo_server() as server, running_node() as node:
            model = await database.write(demo_model, server.port)
            await database.write(organise, model)
            async with looking(node, alice) as eyes:
                await scene(eyes, model, server)

    asyncio.run(main())


def test_after_the_first_answer_the_conversation_gets_a_title_once(alice: User) -> None:
    async def scene(eyes: Eyes, model: LanguageModel, server: DemoServer) -> None:
        conversation = await ask(eyes, model)
        event = await eyes.until(lambda event: event["type"] == "conversation.renamed")
        assert event["title"] == "What is Chatsite and what may"
        await ask(eyes, model, "And what else is there?", conversation=conversation)
        sent = server.calls[1]
        assert sent.parameters["max_tokens"] == 20
        assert len(sent.messages[1]["content"]) <= 4_010

    play(alice, scene)
    assert Conversation.objects.get().title == "What is Chatsite and what may"
    assert ledger() == [
        ("answer", "completed", "alice@example.org"),
        ("title", "completed", "alice@example.org"),
        ("answer", "completed", "alice@example.org"),
    ]
    conversation = str(Conversation.objects.get().id)
    assert set(UsageRecord.objects.values_list("conversation_id", flat=True)) == {conversation}


def test_a_name_that_a_person_gave_stays(alice: User) -> None:
    async def scene(eyes: Eyes, model: LanguageModel, server: DemoServer) -> None:
        answer = await eyes.send(model, QUESTION)
        row = await database.read(Conversation.objects.get)
        await database.write(history.rename, row, "My own name")
        await eyes.ended(answer["reply"])
        await quiet(eyes.node)

    play(alice, scene)
    assert Conversation.objects.get().title == "My own name"
    assert [purpose for purpose, *_ in ledger()] == ["answer"]


def test_without_a_model_for_titles_the_first_words_stay(alice: User) -> None:
    async def scene(eyes: Eyes, model: LanguageModel, server: DemoServer) -> None:
        await database.write(organise, None)
        await ask(eyes, model)

    play(alice, scene)
    assert Conversation.objects.get().title == QUESTION
    assert [purpose for purpose, *_ in ledger()] == ["answer"]


def test_what_was_anonymised_is_not_sent_to_a_provider_that_cannot(alice: User) -> None:
    async def scene(eyes: Eyes, model: LanguageModel, server: DemoServer) -> None:
        private = await database.write(demo_model, server.port, "peakprivacy")
        await ask(eyes, private, parameters={"anonymize": True})
        await database.write(organise, private)
        await ask(eyes, private, parameters={"anonymize": True})
        assert [call.parameters.get("anonymize") for call in server.calls] == [True, True, True]

    play(alice, scene)
    assert [purpose for purpose, *_ in ledger()] == ["answer", "answer", "title"]
    assert set(UsageRecord.objects.values_list("anonymized", flat=True)) == {True}


def test_a_title_that_fails_is_recorded_and_nothing_else_happens(alice: User) -> None:
    async def scene(eyes: Eyes, model: LanguageModel, server: DemoServer) -> None:
        broken = await database.write(broken_model, server.port)
        await database.write(organise, broken)
        await ask(eyes, model)

    play(alice, scene)
    assert Conversation.objects.get().title == QUESTION
    title = Completion.objects.get(purpose=Purpose.TITLE)
    assert (title.state, title.error_category) == (State.FAILED, "auth")
    assert [row[:2] for row in ledger()] == [("answer", "completed"), ("title", "failed")]


def broken_model(port: int) -> LanguageModel:
    """Of a provider whose key was removed."""
    model = demo_model(port, "grayswan")
    model.provider.api_keys.all().delete()
    return model
