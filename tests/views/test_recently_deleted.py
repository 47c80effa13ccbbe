"""The page of what was deleted within the last day: empty, one, several at once, messages."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from chat.domain import deletions, recently_deleted
from chat.models import Conversation, Message, User
from tests.views.test_queries import SESSION_AND_USER, queries

PAGE, REMOVE = "/deleted/", "/deleted/remove/"


def headings(client: Client) -> list[str]:
    html = client.get(PAGE).content.decode()
    return [re.sub("<[^>]+>", "", text) for text in re.findall(r"<h[23].*?</h[23]>", html)]


def said(client: Client, **fields: str) -> str:
    html = client.post(PAGE, fields, follow=True).content.decode()
    return "".join(re.findall(r'<p class="notice" role="status">(.*?)</p>', html))


def test_what_the_toast_and_the_dialogs_deleted_is_brought_back(
    as_alice: Client,
    alice: User,
    conversation: Conversation,
    exchange: Callable[..., Message],
) -> None:
    assert "Nothing was deleted in the last day." in as_alice.get(PAGE).content.decode()
    reply = exchange(conversation, "A long answer.")
    deletion = deletions.delete(alice, conversation, reply)
    assert headings(as_alice) == ["One message"]
    undo = f"/c/{conversation.id}/deletions/{deletion.id}/"
    answer = as_alice.post(undo, {"back": "1"}, follow=True)
    assert "Nothing was deleted in the last day." in answer.content.decode()
    link = f'<a href="/c/{conversation.id}/">Moving house</a>'
    assert f"This is back: {link}" in answer.content.decode()
    as_alice.post(f"/c/{conversation.id}/delete/")
    assert headings(as_alice) == ["Moving house"]
    assert said(as_alice, conversation=str(conversation.id)) == f"This is back: {link}"
    assert list(Conversation.objects.all()) == [conversation]


def test_several_that_were_deleted_at_once(as_alice: Client, alice: User) -> None:
    made = [Conversation.objects.create(owner=alice, title=f"<b>{n}") for n in range(3)]
    ids = ",".join(str(row.id) for row in made)
    as_alice.post("/conversations/selected/", {"action": "delete", "ids": ids, "confirmed": "1"})
    titles = ["3 conversations", *(f"&lt;b&gt;{n}" for n in range(3))]
    assert headings(as_alice) == titles
    [together] = recently_deleted.recent(alice)
    assert said(as_alice, together=together.at.isoformat()) == "3 conversations are back."
    assert Conversation.objects.count() == 3


def test_what_is_not_there_or_belongs_to_others_is_not_found(
    as_charlie: Client, conversation: Conversation
) -> None:
    recently_deleted.discard([conversation])
    [moment] = Conversation.with_deleted.values_list("deleted_at", flat=True)
    strange = {"together": [moment, timezone.now(), "x", "2026-01-01"], "conversation": ["", "x"]}
    for name, values in strange.items():
        for value in [*values, conversation.id]:
            fields = {name: str(value)}
            assert as_charlie.post(PAGE, fields).status_code == 404
            assert as_charlie.get(REMOVE, fields).status_code == 404
            assert as_charlie.post(f"{REMOVE}?{urlencode(fields)}").status_code == 404
    assert Conversation.with_deleted.count() == 1


def test_removing_for_good_asks_before(as_alice: Client, conversation: Conversation) -> None:
    recently_deleted.discard([conversation])
    page = as_alice.get(PAGE).content.decode()
    [address] = re.findall(r'href="(/deleted/remove/\?conversation=[^"]+)"', page)
    assert "Remove “Moving house” for good?" in as_alice.get(address).content.decode()
    answer = as_alice.post(address, follow=True).content.decode()
    assert "1 conversation is removed for good." in answer
    assert "Nothing was deleted in the last day." in answer
    assert not Conversation.with_deleted.exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_for_many(
    as_alice: Client,
    alice: User,
    conversation: Conversation,
    exchange: Callable[..., Message],
    rows: int,
) -> None:
    for number in range(rows):
        deletions.delete(alice, conversation, exchange(conversation))
        recently_deleted.discard([Conversation.objects.create(owner=alice, title=f"{number}")])
    assert queries(as_alice, PAGE) == SESSION_AND_USER + 4
