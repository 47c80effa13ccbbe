"""The menu of a message, branching off, deleting and undo: what owner, editor, viewer get."""

from collections.abc import Callable

import pytest
from django.test import Client

from chat.domain.sharing import Party, grant
from chat.models import Conversation, Deletion, LanguageModel, Message, User
from chat.models.share import Role

HTMX = {"HX-Request": "true"}
Exchange = Callable[..., Message]


@pytest.fixture
def as_bob(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def address(message: Message, what: str) -> str:
    return f"/c/{message.conversation_id}/messages/{message.id}/{what}/"


def offered(client: Client, message: Message) -> list[str]:
    """What the menu's entries do."""
    html = client.get(address(message, "menu"), headers=HTMX).content.decode()
    return [part.split('"')[0] for part in html.split('data-act="')[1:]]


def shown(conversation: Conversation, client: Client) -> int:
    html = client.get(f"/c/{conversation.id}/transcript/").content.decode()
    return html.count("<article")


def test_the_menu_offers_what_each_person_may_do(
    as_alice: Client,
    as_bob: Client,
    as_charlie: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    model: LanguageModel,
    exchange: Exchange,
) -> None:
    reply = exchange(conversation)
    LanguageModel.objects.create(provider=model.provider, model_name="house-2")
    assert offered(as_alice, reply) == ["regenerate", "branch", "remove"]
    assert as_bob.get(address(reply, "menu")).status_code == 404
    grant(alice, conversation, Party(bob), Role.VIEWER)
    assert offered(as_bob, reply) == ["branch"]
    grant(alice, conversation, Party(bob), Role.EDITOR)
    assert offered(as_bob, reply) == ["regenerate", "branch"]
    assert as_charlie.get(address(reply, "menu")).status_code == 404


def test_a_viewer_looks_at_another_version_and_changes_nothing(
    as_bob: Client, alice: User, bob: User, conversation: Conversation, exchange: Exchange
) -> None:
    first = exchange(conversation, "One.")
    Message.objects.filter(id=first.id).update(content="One, in short.")
    second = Message.objects.create(
        conversation=conversation, parent_id=first.parent_id, role="assistant", content="Two, long."
    )
    grant(alice, conversation, Party(bob), Role.VIEWER)
    page = f"/c/{conversation.id}/"
    there = f"{page}?message={second.id}"
    html = as_bob.get(page).content.decode()
    assert (f'href="{there}"' in html, "Two, long." in html) == (True, False)
    html = as_bob.get(there).content.decode()
    assert ("Two, long." in html, f'href="{page}?message={first.id}"' in html) == (True, True)
    conversation.refresh_from_db()
    assert conversation.leaf == first


def test_a_viewer_branches_off_into_a_conversation_of_the_own(
    as_bob: Client,
    as_charlie: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    exchange: Exchange,
) -> None:
    first, _second = exchange(conversation, "One."), exchange(conversation, "Two.")
    assert as_charlie.post(address(first, "branch")).status_code == 404
    grant(alice, conversation, Party(bob), Role.VIEWER)
    answer = as_bob.post(address(first, "branch"), headers=HTMX).content.decode()
    mine = Conversation.objects.get(owner=bob)
    assert answer == f"/c/{mine.id}/"
    assert (mine.title, mine.origin) == ("Moving house (branch)", conversation)
    assert [it.content for it in mine.messages.order_by("id")] == ["Is it so?", "One."]
    link = f'<a href="/c/{conversation.id}/">Moving house</a>'
    assert link in as_bob.get(answer).content.decode()
    conversation.shares.all().delete()
    assert link not in as_bob.get(answer).content.decode()


def test_deleting_offers_an_undo_which_also_works_by_its_address(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    exchange(conversation, "One.")
    second = exchange(conversation, "Two.")
    html = as_alice.post(address(second, "delete"), headers=HTMX).content.decode()
    undo = f"/c/{conversation.id}/deletions/{Deletion.objects.get().id}/"
    assert undo in html
    assert shown(conversation, as_alice) == 3
    assert "Bring back" in as_alice.get(undo).content.decode()
    assert as_alice.post(undo).headers["Location"] == f"/c/{conversation.id}/"
    assert shown(conversation, as_alice) == 4
    assert as_alice.post(undo).status_code == 404


def test_only_who_may_write_deletes_and_brings_back(
    as_alice: Client,
    as_bob: Client,
    as_charlie: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    exchange: Exchange,
) -> None:
    reply = exchange(conversation)
    grant(alice, conversation, Party(bob), Role.VIEWER)
    for client in (as_bob, as_charlie):
        assert client.post(address(reply, "delete")).status_code == 404
    grant(alice, conversation, Party(bob), Role.EDITOR)
    refused = as_bob.post(address(reply, "delete"), headers=HTMX).content.decode()
    assert "ask the owner" in refused
    as_alice.post(address(reply, "delete"))
    undo = f"/c/{conversation.id}/deletions/{Deletion.objects.get().id}/"
    assert as_charlie.post(undo).status_code == 404
    assert "ask the owner" in as_bob.post(undo).content.decode()
    assert shown(conversation, as_alice) == 1


def test_under_a_legal_hold_the_menu_says_so_in_plain_words(
    as_alice: Client, conversation: Conversation, exchange: Exchange
) -> None:
    reply = exchange(conversation)
    Conversation.objects.update(legal_hold=True)
    html = as_alice.post(address(reply, "delete"), headers=HTMX).content.decode()
    assert "under a legal hold" in html
    assert not Deletion.objects.exists()
