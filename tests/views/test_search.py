"""The page of results, the list beside the conversation, and the jump to a message."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client

from chat.models import Conversation, LanguageModel, Message, Share, User

from .test_queries import SESSION_AND_USER, queries

AS_FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def long(alice: User, model: LanguageModel) -> Conversation:
    """120 messages in a row, "number 1" to "number 120"; beside "number 3" a branch "aside"."""
    made = Conversation.objects.create(owner=alice, title="Long", language_model=model)
    rows: list[Message] = []
    for number in range(1, 121):
        parent = rows[-1] if rows else None
        role = "user" if number % 2 else "assistant"
        rows.append(
            Message.objects.create(
                conversation=made, parent=parent, role=role, content=f"number {number}"
            )
        )
    aside = Message.objects.create(
        conversation=made, parent=rows[1], role="user", content="aside here"
    )
    Message.objects.create(conversation=made, parent=aside, role="assistant", content="below it")
    made.leaf = rows[-1]
    made.save()
    return made


def shown(html: str) -> list[str]:
    return re.findall(r"(number \d+|aside here|below it)", re.sub(r"<[^>]+>", "", html))


def numbers(first: int, last: int) -> list[str]:
    return [f"number {number}" for number in range(first, last + 1)]


def open_at(client: Client, conversation: Conversation, text: str) -> str:
    message = Message.objects.get(conversation=conversation, content=text)
    answer = client.get(f"/c/{conversation.id}/?message={message.id}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_hits_are_shown_with_their_words_marked(
    as_alice: Client, conversation: Conversation
) -> None:
    said = Message.objects.create(conversation=conversation, role="user", content="a <b> ZÜRICH c")
    page = as_alice.get("/search/?q=zurich").content.decode()
    assert f'href="/c/{conversation.id}/?message={said.id}"' in page
    assert "a &lt;b&gt; <mark>ZÜRICH</mark> c" in page
    assert "1 result" in page


def test_while_typing_only_a_list_comes(as_alice: Client, conversation: Conversation) -> None:
    answer = as_alice.get("/search/?q=mov", headers=AS_FRAGMENT).content.decode()
    assert "<html" not in answer
    assert 'data-said="1 result"' in answer
    assert "<mark>Mov</mark>ing house" in answer


@pytest.mark.parametrize("headers", [{}, AS_FRAGMENT])
def test_nothing_found_says_so_and_helps(as_alice: Client, headers: dict[str, str]) -> None:
    page = as_alice.get("/search/?q=quagga", headers=headers).content.decode()
    assert "Nothing found." in page
    assert "How to search" in page


@pytest.mark.parametrize("typed", ["%00", "%ff%fe", quote('"' * 9000), "%ED%A0%80", "&after=x"])
def test_mangled_addresses_are_answered(as_alice: Client, typed: str) -> None:
    assert as_alice.get(f"/search/?q={typed}").status_code == 200


def test_older_results_are_a_page_of_their_own(
    as_alice: Client, conversation: Conversation
) -> None:
    for number in range(1, 26):
        Message.objects.create(conversation=conversation, role="user", content=f"number {number}")
    page = as_alice.get("/search/?q=number").content.decode()
    assert shown(page) == numbers(6, 25)[::-1]
    (more,) = re.findall(r'href="(/search/\?q=number&amp;after=\d+)"', page)
    page = as_alice.get(more.replace("&amp;", "&")).content.decode()
    assert shown(page) == numbers(1, 5)[::-1]


def test_the_words_are_not_logged(
    as_alice: Client, conversation: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(0):
        as_alice.get("/search/?q=confidential")
    assert "confidential" not in caplog.text


@pytest.mark.parametrize("rows", [1, 20])
def test_queries(as_alice: Client, conversation: Conversation, rows: int) -> None:
    for _ in range(rows):
        Message.objects.create(conversation=conversation, role="user", content="moving")
    assert queries(as_alice, "/search/?q=moving") == SESSION_AND_USER + 9


def test_a_message_of_the_newest_page_opens_the_page_as_it_is(
    as_alice: Client, long: Conversation
) -> None:
    page = open_at(as_alice, long, "number 100")
    assert shown(page) == numbers(71, 120)
    assert "data-found" in page
    assert "data-elsewhere" not in page


def test_an_old_message_opens_the_part_around_it(as_alice: Client, long: Conversation) -> None:
    page = open_at(as_alice, long, "number 40")
    assert shown(page) == numbers(16, 65)
    assert "data-elsewhere" in page
    assert "an earlier part of this conversation" in page
    (later,) = re.findall(r'"(/c/[^"]+/turns/\?after=[^"]+)"', page)
    turns = as_alice.get(later.replace("&amp;", "&")).content.decode()
    assert shown(turns) == numbers(66, 115)
    (later,) = re.findall(r'"(/c/[^"]+/turns/\?after=[^"]+)"', turns)
    turns = as_alice.get(later.replace("&amp;", "&")).content.decode()
    assert shown(turns) == numbers(116, 120)
    assert "after=" not in turns


def test_a_message_of_another_branch_is_shown_there_and_nothing_is_changed(
    as_alice: Client, bob: User, long: Conversation
) -> None:
    """A viewer sees the same, without the button that changes what everybody sees."""
    Share.objects.create(conversation=long, user=bob)
    as_bob = Client()
    as_bob.force_login(bob)
    for client, may_continue in ((as_alice, True), (as_bob, False)):
        page = open_at(client, long, "aside here")
        assert shown(page) == [*numbers(1, 2), "aside here", "below it"]
        assert "another branch of this conversation" in page
        assert ("Continue this branch" in page) is may_continue
    leaf = long.leaf_id
    long.refresh_from_db()
    assert long.leaf_id == leaf


def test_a_message_that_is_not_there_opens_the_page_as_always(
    as_alice: Client, conversation: Conversation, long: Conversation
) -> None:
    elsewhere = Message.objects.create(conversation=conversation, role="user", content="x")
    for number in (elsewhere.id, 0, "x", "9" * 30):
        page = as_alice.get(f"/c/{long.id}/?message={number}").content.decode()
        assert shown(page) == numbers(71, 120)
        assert "data-found" not in page


@pytest.mark.parametrize("query", ["after=x", "after=1", "after={first}&leaf=x", "after=0&leaf=0"])
def test_later_turns_of_nothing_are_not_found(
    as_alice: Client, long: Conversation, query: str
) -> None:
    first = long.messages.order_by("id")[0].id
    answer = as_alice.get(f"/c/{long.id}/turns/?{query.format(first=first)}")
    assert answer.status_code == 404


def test_a_stranger_gets_neither_the_page_nor_its_parts(
    as_charlie: Client, long: Conversation
) -> None:
    first, last = long.messages.order_by("id")[0].id, long.leaf_id
    for address in (f"?message={first}", f"turns/?after={first}&leaf={last}"):
        assert as_charlie.get(f"/c/{long.id}/{address}").status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_queries_of_a_jump(
    as_alice: Client, conversation: Conversation, exchange: Callable[..., Message], rows: int
) -> None:
    first = exchange(conversation)
    for _ in range(rows):
        exchange(conversation)
    plain = queries(as_alice, f"/c/{conversation.id}/")
    assert queries(as_alice, f"/c/{conversation.id}/?message={first.id}") == plain + 2
