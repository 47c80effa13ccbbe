"""The conversation page and its fragments."""

from uuid import uuid4

import pytest
from django.test import Client

from chat.models import Conversation, User


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_the_empty_page_greets_the_person(as_alice: Client, model: object) -> None:
    page = as_alice.get("/")
    assert page.status_code == 200
    assert "Hello Alice" in page.content.decode()
