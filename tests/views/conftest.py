"""Conversations with some history, and people who are signed in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import Completion, Conversation, LanguageModel, Message, UsageRecord, User
from chat.models.completion import State
from chat.models.message import Role
from tests.ledger import record


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    client = Client()
    client.force_login(charlie)
    return client


@pytest.fixture
def exchange() -> Callable[..., Message]:
    """Adds a question and its answer at the end of a conversation; gives the answer."""

    def add(conversation: Conversation, answer: str = "Yes.", **fields: Any) -> Message:
        model = conversation.language_model
        assert model is not None
        question = Message.objects.create(
            conversation=conversation,
            parent_id=conversation.leaf_id,
            role=Role.USER,
            author=conversation.owner,
            content="Is it so?",
        )
        now = timezone.now()
        fields = {
            "state": State.COMPLETED,
            "started_at": now - timedelta(seconds=2),
            "finished_at": now,
        } | fields
        completion = Completion.objects.create(
            conversation=conversation,
            user=conversation.owner,
            provider=model.provider,
            language_model=model,
            model_name=model.model_name,
            **fields,
        )
        reply = Message.objects.create(
            conversation=conversation,
            parent=question,
            role=Role.ASSISTANT,
            completion=completion,
            content=answer,
            finish_reason="stop",
        )
        conversation.leaf = reply
        conversation.save()
        return reply

    return add


@pytest.fixture
def used(model: LanguageModel) -> Callable[..., UsageRecord]:
    """Adds a row to the ledger."""

    def add(user: User, prompt: int | None = 10, **fields: Any) -> UsageRecord:
        known = prompt is not None
        fields = {
            "provider_name": model.provider.name,
            "model_name": model.model_name,
            "source": "reported" if known else "unknown",
            "completion_tokens": 5 if known else None,
            "total_tokens": prompt + 5 if prompt is not None else None,
        } | fields
        return record(user, prompt_tokens=prompt, **fields)

    return add
