"""People's own keys: where it is allowed, sealed, used before the organisation's, never shown."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from chat.domain import begin, replies
from chat.domain.sharing import Party, grant
from chat.live.present import ended_events
from chat.live.viewer import Look
from chat.models import ApiKey, Conversation, LanguageModel, Message, Provider, User
from chat.models.share import Role
from chat.protocol import SendMessage

KEY = "sk-ALICE-0123456789"


@pytest.fixture
def as_alice(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def open_provider(model: LanguageModel) -> Provider:
    Provider.objects.update(own_keys=True)
    return Provider.objects.get()


def address(provider: Provider) -> str:
    return f"/keys/{provider.id}/"


@transaction.atomic
def key_for_a_prompt_of(user: User, model: LanguageModel) -> tuple[str, bool]:
    command = SendMessage(1, uuid.uuid4(), uuid.uuid4(), "Hello", model.id)
    started = replies.send(user, command, "node")
    run = begin.take(started.completion, started.replies, "node")
    assert run is not None
    return run.endpoints[0].api_key.reveal(), run.own_key


def test_an_own_key_is_used_for_its_owner_alone(
    as_alice: Client, alice: User, bob: User, model: LanguageModel, open_provider: Provider
) -> None:
    answer = as_alice.post(address(open_provider), {"api_key": KEY})
    assert answer.headers["Location"] == "/keys/"
    assert key_for_a_prompt_of(alice, LanguageModel.objects.get()) == (KEY, True)
    assert key_for_a_prompt_of(bob, LanguageModel.objects.get()) == ("sk-test-0123456789", False)


def test_preferences_lead_there_where_it_is_allowed(
    as_alice: Client, open_provider: Provider
) -> None:
    assert b'href="/keys/"' in as_alice.get("/preferences/").content
    Provider.objects.update(own_keys=False)
    assert b'href="/keys/"' not in as_alice.get("/preferences/").content


def test_the_page_tells_its_end_and_never_the_key(
    as_alice: Client, open_provider: Provider
) -> None:
    as_alice.post(address(open_provider), {"api_key": KEY})
    page = as_alice.get("/keys/").content.decode()
    assert "ends in …6789" in page
    assert KEY not in page
    assert KEY not in as_alice.get(address(open_provider)).content.decode()


def test_the_composer_says_which_key_is_used(
    as_alice: Client, model: LanguageModel, open_provider: Provider
) -> None:
    options = f"/models/{model.id}/options/"
    assert "Your own key is used." not in as_alice.get(options).content.decode()
    as_alice.post(address(open_provider), {"api_key": KEY})
    assert "Your own key is used." in as_alice.get(options).content.decode()


def test_a_removed_key_is_not_used_any_more(
    as_alice: Client, alice: User, open_provider: Provider
) -> None:
    as_alice.post(address(open_provider), {"api_key": KEY})
    as_alice.post(f"{address(open_provider)}remove/")
    assert key_for_a_prompt_of(alice, LanguageModel.objects.get())[1] is False
    assert ApiKey.objects.usable().filter(owner=alice).count() == 0


def test_where_it_is_not_allowed_there_is_no_page_and_old_keys_rest(
    as_alice: Client, alice: User, open_provider: Provider
) -> None:
    as_alice.post(address(open_provider), {"api_key": KEY})
    Provider.objects.update(own_keys=False)
    assert as_alice.get(address(open_provider)).status_code == 404
    assert as_alice.post(address(open_provider), {"api_key": KEY}).status_code == 404
    assert key_for_a_prompt_of(alice, LanguageModel.objects.get())[1] is False


@pytest.mark.parametrize("text", ["", "short", "with space inside", "sk-é-0123456789", "a\nb" * 9])
def test_what_cannot_be_a_key_is_refused_in_words_and_not_repeated(
    as_alice: Client, open_provider: Provider, text: str
) -> None:
    answer = as_alice.post(address(open_provider), {"api_key": text})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "field-error" in page
    assert not text or text not in page
    assert not ApiKey.objects.exclude(owner=None).exists()


def test_the_organisations_keys_stay_when_an_own_one_is_entered(
    as_alice: Client, open_provider: Provider
) -> None:
    before = list(ApiKey.objects.usable().filter(owner=None).values_list("id", flat=True))
    as_alice.post(address(open_provider), {"api_key": KEY})
    assert list(ApiKey.objects.usable().filter(owner=None).values_list("id", flat=True)) == before


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_for_one_provider_and_for_thirty(
    as_alice: Client, open_provider: Provider, number: int, django_assert_num_queries: Any
) -> None:
    for index in range(number):
        other = Provider.objects.create(
            name=f"P{index}", kind="grayswan", base_url="https://x.example.org", own_keys=True
        )
        LanguageModel.objects.create(provider=other, model_name="m")
    with django_assert_num_queries(4):
        as_alice.get("/keys/")


def test_others_read_of_a_personal_key_and_only_its_owner_of_the_own(
    as_alice: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    exchange: Callable[..., Message],
) -> None:
    reply = exchange(conversation, own_key=True)
    grant(alice, conversation, Party(bob), Role.VIEWER)
    as_bob = Client()
    as_bob.force_login(bob)
    mine, theirs = "with your own key", "with a personal key"
    pages = [who.get(f"/c/{conversation.id}/").content.decode() for who in (as_alice, as_bob)]
    assert [(mine in page, theirs in page) for page in pages] == [(True, False), (False, True)]
    looks = [Look("en", can_write=True, is_author=is_author) for is_author in (True, False)]
    events = ended_events(reply.id, looks)
    said = [str(events[look]["html"]) for look in looks]
    assert [(mine in html, theirs in html) for html in said] == [(True, False), (False, True)]
