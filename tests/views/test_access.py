"""Who gets what: strangers 404, people who are not signed in the sign-in."""

from collections.abc import Callable

import pytest
from django.test import Client

from chat.models import Conversation, LanguageModel, Message

READS = ["", "transcript/", "turns/?before=1", "rename/", "delete/"]
WRITES = ["branch/", "rename/", "delete/"]


@pytest.mark.parametrize("part", READS)
def test_a_stranger_does_not_learn_that_a_conversation_exists(
    as_charlie: Client, conversation: Conversation, part: str
) -> None:
    assert as_charlie.get(f"/c/{conversation.id}/{part}").status_code == 404


@pytest.mark.parametrize("part", WRITES)
def test_a_stranger_changes_nothing(
    as_charlie: Client, conversation: Conversation, part: str
) -> None:
    answer = as_charlie.post(f"/c/{conversation.id}/{part}", {"title": "Mine", "message": "1"})
    conversation.refresh_from_db()
    assert (answer.status_code, conversation.title) == (404, "Moving house")


def test_a_stranger_gets_no_source(
    as_charlie: Client, conversation: Conversation, exchange: Callable[..., Message]
) -> None:
    reply = exchange(conversation)
    address = f"/c/{conversation.id}/messages/{reply.id}/source/"
    assert as_charlie.get(address).status_code == 404


def test_an_administrator_is_a_stranger_here(
    client: Client, erin: object, conversation: Conversation
) -> None:
    client.force_login(erin)  # type: ignore[arg-type]
    assert client.get(f"/c/{conversation.id}/").status_code == 404


def test_a_model_that_is_not_mine_to_use_is_not_found(
    as_alice: Client, conversation: Conversation, model: LanguageModel
) -> None:
    assert as_alice.get(f"/models/{model.id}/options/").status_code == 200
    model.enabled = False
    model.save()
    assert as_alice.get(f"/models/{model.id}/options/").status_code == 404


def test_the_options_of_a_stranger_s_conversation_are_not_found(
    as_charlie: Client, conversation: Conversation, model: LanguageModel
) -> None:
    address = f"/models/{model.id}/options/?conversation={conversation.id}"
    assert as_charlie.get(address).status_code == 404


PAGES = ["/", "/usage/", "/preferences/", "/conversations/", "/models/1/options/"]


@pytest.mark.parametrize("address", PAGES)
def test_pages_ask_for_the_sign_in(client: Client, db: None, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/accounts/login/?next={address}",
    )


def test_fragments_say_that_the_sign_in_is_needed(client: Client, db: None) -> None:
    answer = client.get(
        "/conversations/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/c/x/"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=%2Fc%2Fx%2F"


def test_somebody_switched_off_is_signed_out(
    as_alice: Client, alice: object, conversation: Conversation
) -> None:
    alice.is_active = False  # type: ignore[attr-defined]
    alice.save()  # type: ignore[attr-defined]
    assert as_alice.get(f"/c/{conversation.id}/").status_code == 302


@pytest.mark.parametrize("part", WRITES)
def test_writing_needs_a_token(alice: object, conversation: Conversation, part: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)  # type: ignore[arg-type]
    answer = client.post(f"/c/{conversation.id}/{part}", {"title": "x", "message": "1"})
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()
    conversation.refresh_from_db()
    assert conversation.title == "Moving house"


@pytest.mark.parametrize("part", ["branch/"])
def test_reading_cannot_change_anything(
    as_alice: Client, conversation: Conversation, part: str
) -> None:
    assert as_alice.get(f"/c/{conversation.id}/{part}").status_code == 405


def test_other_methods_are_refused(as_alice: Client, conversation: Conversation) -> None:
    address = f"/c/{conversation.id}/"
    for method in (as_alice.post, as_alice.put, as_alice.patch, as_alice.delete):
        assert method(address).status_code == 405
