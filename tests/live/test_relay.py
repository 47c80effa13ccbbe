"""A reply from its prompt to its end: stored before it is seen, counted whatever happens."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat import database
from chat.demo import DemoServer
from chat.domain import endings
from chat.domain.keys import enter_key
from chat.live import ticker
from chat.live.node import Node
from chat.models import ApiKey, Completion, LanguageModel, Message, ReplyChunk, UsageRecord, User
from chat.models.completion import State
from chat.providers import Secret
from tests.kit import demo_model, demo_server, looking, running_node

pytestmark = pytest.mark.django_db(transaction=True)

Scene = Callable[[Node, LanguageModel, DemoServer], Awaitable[None]]


def play(scene: Scene, *, pace: float = 0.0, kind: str = "openai_compatible") -> None:
    async def main() -> None:
        async with demo_server(pace) as server, running_node() as node:
            model = await database.write(demo_model, server.port, kind)
            await scene(node, model, server)

    asyncio.run(main())


def ledger() -> list[tuple[str, str, bool]]:
    """(outcome, source, tokens are known) of each row."""
    rows = UsageRecord.objects.order_by("id").values_list("outcome", "source", "total_tokens")
    return [(outcome, source, total is not None) for outcome, source, total in rows]


def test_a_reply_is_seen_as_it_is_stored_and_counted(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, "What is Chatsite?")
            assert answer["type"] == "command.accepted"
            assert await eyes.ended(answer["reply"]) == State.COMPLETED
            seen = eyes.text(answer["reply"])
        assert "Chatsite" in seen

    play(scene)
    reply = Message.objects.get(role="assistant")
    assert reply.completion is not None
    assert reply.completion.state == State.COMPLETED
    assert len(reply.content) > 200
    assert ReplyChunk.objects.count() == 0
    assert ledger() == [("completed", "reported", True)]
    record = UsageRecord.objects.get()
    assert (record.user_email, record.user_name) == ("alice@example.org", "Alice Adler")


@pytest.mark.parametrize("kind", ["openai_compatible", "grayswan", "peakprivacy"])
def test_each_kind_of_provider_answers(alice: User, kind: str) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, "What is Chatsite?")
            assert await eyes.ended(answer["reply"]) == State.COMPLETED
            assert "Chatsite" in eyes.text(answer["reply"])

    play(scene, kind=kind)
    assert [outcome for outcome, _, _ in ledger()] == ["completed"]


def test_sending_twice_makes_one_message_one_call_one_bill(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        names: dict[str, Any] = {"conversation": str(uuid.uuid4()), "key": str(uuid.uuid4())}
        async with looking(node, alice) as eyes, looking(node, alice) as other:
            answers = await asyncio.gather(
                *(who.send(model, "What is Chatsite?", **names) for who in [eyes, other] * 5)
            )
            assert {answer["reply"] for answer in answers} == {answers[0]["reply"]}
            await eyes.ended(answers[0]["reply"])
        assert len(server.calls) == 1

    play(scene)
    assert Message.objects.filter(role="user").count() == 1
    assert ledger() == [("completed", "reported", True)]


def test_a_stop_keeps_the_text_closes_the_provider_and_is_counted(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes, looking(node, alice) as other_tab:
            answer = await eyes.send(model, "/demo long")
            reply, where = answer["reply"], answer["conversation"]
            await eyes.until(lambda event: event["type"] == "reply.advanced")
            stops = [other_tab.do("reply.stop", conversation=where, reply=reply) for _ in range(5)]
            assert {(await stop)["type"] for stop in stops} == {"command.accepted"}
            assert await eyes.ended(reply, 1) == State.STOPPED
            await asyncio.sleep(0.5)
            assert server.running_calls == 0

    play(scene, pace=0.2)
    assert Message.objects.get(role="assistant").content
    assert ledger() == [("stopped", "estimated", True)]


def test_a_stop_before_the_first_delta_ends_it_at_once(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, "/demo slow")
            reply, where = answer["reply"], answer["conversation"]
            await eyes.do("reply.stop", conversation=where, reply=reply)
            assert await eyes.ended(reply, 1) == State.STOPPED

    play(scene, pace=1.0)
    assert ledger() == [("stopped", "estimated", True)]


@pytest.mark.parametrize(
    ("prompt", "state", "category", "source"),
    [
        ("/demo refused key", State.FAILED, "auth", "unknown"),
        ("/demo exhausted", State.FAILED, "quota_exhausted", "unknown"),
        ("/demo broken stream", State.FAILED, "stream_interrupted", "estimated"),
        ("/demo truncated", State.FAILED, "stream_truncated", "estimated"),
        ("/demo unreadable", State.FAILED, "upstream_error", "unknown"),
        ("/demo blocked", State.BLOCKED, "", "reported"),
    ],
)
def test_a_failure_is_named_and_counted(
    alice: User, prompt: str, state: State, category: str, source: str
) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, prompt)
            assert await eyes.ended(answer["reply"]) == state

    play(scene)
    completion = Completion.objects.get()
    assert (completion.state, completion.error_category) == (state, category)
    assert [(outcome, how) for outcome, how, _ in ledger()] == [(state, source)]


def test_a_second_send_waits_its_turn_in_plain_sight(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            first = await eyes.send(model, "What is Chatsite?")
            second = await eyes.send(
                model, "How do I stop an answer?", conversation=first["conversation"]
            )
            created = await eyes.until(
                lambda event: (
                    event["type"] == "message.created" and second["reply"] in event["messages"]
                )
            )
            assert 'data-state="queued"' in created["html"]
            assert await eyes.ended(first["reply"]) == State.COMPLETED
            assert await eyes.ended(second["reply"]) == State.COMPLETED
            assert eyes.text(second["reply"])

    play(scene, pace=0.05)
    first, second = Completion.objects.order_by("created_at")
    assert first.finished_at is not None
    assert second.started_at is not None
    assert first.finished_at <= second.started_at


def test_a_waiting_reply_can_be_stopped_and_costs_nothing(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            first = await eyes.send(model, "/demo long")
            where = first["conversation"]
            second = await eyes.send(model, "And this?", conversation=where)
            await eyes.do("reply.stop", conversation=where, reply=second["reply"])
            assert await eyes.ended(second["reply"], 1) == State.STOPPED
            await eyes.do("reply.stop", conversation=where, reply=first["reply"])
            assert await eyes.ended(first["reply"], 1) == State.STOPPED
        assert len(server.calls) == 1

    play(scene, pace=0.2)
    assert sorted(ledger()) == [("stopped", "estimated", True), ("stopped", "unknown", False)]


def test_a_cut_reply_is_continued_as_a_sibling_that_begins_with_its_text(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            cut = await eyes.send(model, "/demo broken stream")
            await eyes.ended(cut["reply"])
            went_on = await eyes.do(
                "reply.continue",
                conversation=cut["conversation"],
                reply=cut["reply"],
                key=str(uuid.uuid4()),
            )
            await eyes.ended(went_on["reply"])

    play(scene)
    first, second = Message.objects.filter(role="assistant").order_by("id")
    assert second.parent_id == first.parent_id
    assert second.content.startswith(first.content)
    assert len(second.content) > len(first.content)


def test_a_drain_ends_what_is_left_as_interrupted(alice: User) -> None:
    seen: list[str] = []

    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, "/demo long")
            await eyes.until(lambda event: event["type"] == "reply.advanced")
            draining = asyncio.create_task(node.drain())
            await asyncio.sleep(0.1)
            refused = await eyes.send(model, "One more")
            assert (refused["type"], refused["code"]) == ("command.refused", "draining")
            await draining
            seen.append(eyes.text(answer["reply"]))

    play(scene, pace=0.2)
    assert Completion.objects.get().state == State.INTERRUPTED
    assert ledger() == [("interrupted", "estimated", True)]
    assert seen[0].strip()


def test_several_answers_stream_as_siblings_and_are_billed_once(alice: User) -> None:
    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            answer = await eyes.send(model, "What is Chatsite?", parameters={"n": 3})
            assert await eyes.ended(answer["reply"]) == State.COMPLETED
            assert await eyes.ended(answer["reply"] + 2) == State.COMPLETED
            assert all(len(eyes.text(answer["reply"] + number)) > 200 for number in range(3))
        assert [call.parameters["n"] for call in server.calls] == [3]

    play(scene, kind="grayswan")
    replies = Message.objects.filter(role="assistant").order_by("id")
    assert [reply.choice for reply in replies] == [0, 1, 2]
    assert len({(reply.parent_id, reply.completion_id) for reply in replies}) == 1
    assert all(len(reply.content) > 200 for reply in replies)
    assert [outcome for outcome, _, _ in ledger()] == ["completed"]


def test_a_refused_key_gives_way_to_a_spare_one(alice: User) -> None:
    def enter(model: LanguageModel) -> None:
        enter_key(model.provider, Secret("demo-refused"), None, keep_others=True)

    async def scene(node: Node, model: LanguageModel, server: DemoServer) -> None:
        await database.write(enter, model)
        async with looking(node, alice) as eyes:
            for _ in range(2):
                answer = await eyes.send(model, "What is Chatsite?")
                assert await eyes.ended(answer["reply"]) == State.COMPLETED
        # What was refused goes last for a while.
        assert [call.status for call in server.calls] == [401, 200, 200]

    play(scene)
    assert ledger() == [("completed", "reported", True)] * 2
    refused, spare = ApiKey.objects.order_by("-created_at")
    assert (refused.refused_at is None, spare.refused_at is None) == (False, True)
    assert spare.last_used_at is not None


def test_who_looks_at_a_frozen_node_is_told_what_another_one_has_ended(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Frozen for longer than its lease, it would have to renew it with the next text.
    monkeypatch.setattr(ticker, "RENEW_AFTER", 0.0)

    def take_over() -> None:
        Completion.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert endings.take_over("another", at_once=False, running=set())

    async def scene(node: Node, model: LanguageModel, _server: DemoServer) -> None:
        async with looking(node, alice) as eyes:
            sent = await eyes.send(model, "/demo steady 50 60")
            await eyes.until(lambda event: event["type"] == "reply.advanced")
            await database.write(take_over)
            assert await eyes.ended(sent["reply"]) == State.INTERRUPTED
            seen = eyes.text(sent["reply"])
        stored = await database.read(Message.objects.get, id=sent["reply"])
        assert seen.split() == stored.content.split()

    play(scene)
    assert ledger() == [("interrupted", "estimated", True)]
