"""Links: made by the owner, opened by who was given one, dead when they should be."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from chat.domain import share_links
from chat.models import Conversation, LinkView, Message, ShareLink, User

HTMX = {"HX-Request": "true"}


@pytest.fixture
def make(alice: User, conversation: Conversation) -> Callable[..., ShareLink]:
    def made(password: str = "", **options: Any) -> ShareLink:
        end = timezone.now() + timedelta(days=3)
        return share_links.make(alice, conversation, end, password, **options)

    return made


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_owner_makes_a_link_that_lives_thirty_days_and_withdraws_it(
    as_alice: Client, conversation: Conversation
) -> None:
    share = f"/c/{conversation.id}/share/"
    dialog = as_alice.get(share, headers=HTMX).content.decode()
    day = timezone.localdate() + timedelta(days=30)
    assert f'name="expires_at" value="{day}"' in dialog
    assert "not signed in" not in dialog
    address = f"/c/{conversation.id}/links/"
    shown = as_alice.post(address, {"expires_at": f"{day}"}, headers=HTMX).content.decode()
    link = ShareLink.objects.get()
    assert f'value="http://testserver/s/{link.id}/"' in shown
    shown = as_alice.post(f"/links/{link.id}/revoke/", headers=HTMX).content.decode()
    assert str(link.id) not in shown
    assert "The link does not work any more." in shown


@pytest.mark.parametrize("day", ["", "x", "2001-01-01", "9999-12-31", "2099-01-01"])
def test_a_day_that_cannot_be_is_explained(
    as_alice: Client, conversation: Conversation, day: str
) -> None:
    answer = as_alice.post(f"/c/{conversation.id}/links/", {"expires_at": day}, headers=HTMX)
    assert "field-error" in answer.content.decode()
    assert not ShareLink.objects.exists()


def test_a_link_leads_who_is_signed_in_to_the_conversation_and_into_the_log(
    make: Callable[..., ShareLink], as_alice: Client, gino: User, conversation: Conversation
) -> None:
    link = make()
    for _ in range(2):
        answer = as_(gino).get(f"/s/{link.id}/")
        assert answer.headers["Location"] == f"/c/{conversation.id}/"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert as_(gino).get(f"/c/{conversation.id}/").status_code == 200
    log = as_alice.get(f"/links/{link.id}/", headers=HTMX).content.decode()
    assert "Gino Gut" in log
    assert "2 times, first on" in log


def test_who_is_not_signed_in_does_that_first_whatever_the_link_is(
    make: Callable[..., ShareLink], client: Client
) -> None:
    for number in (make().id, make("secret", anonymous=True).id, uuid.uuid4()):
        answer = client.get(f"/s/{number}/")
        assert answer.headers["Location"] == f"/accounts/login/?next=/s/{number}/"


def test_a_link_with_a_password_asks_says_what_was_wrong_and_stops_guessing(
    make: Callable[..., ShareLink], gino: User, conversation: Conversation
) -> None:
    link, client = make("open sesame"), as_(gino)
    assert "Enter the password that you were given" in client.get(f"/s/{link.id}/").content.decode()
    wrong = client.post(f"/s/{link.id}/", {"password": "sesame"}).content.decode()
    assert "This password is not the right one." in wrong
    for _ in range(4):
        client.post(f"/s/{link.id}/", {"password": "again"})
    answer = client.post(f"/s/{link.id}/", {"password": "open sesame"})
    assert (answer.status_code, "That was too often." in answer.content.decode()) == (429, True)
    cache.clear()
    answer = client.post(f"/s/{link.id}/", {"password": "open sesame"})
    assert answer.headers["Location"] == f"/c/{conversation.id}/"
    assert LinkView.objects.get().user == gino


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_a_link_that_ended_or_never_was_says_so_in_plain_words(
    make: Callable[..., ShareLink], gino: User, end: str
) -> None:
    link = make()
    ShareLink.objects.update(**{end: timezone.now()})
    for number in (link.id, uuid.uuid4()):
        answer = as_(gino).get(f"/s/{number}/")
        assert answer.status_code == 404
        assert "This link does not work any more" in answer.content.decode()


def test_the_form_for_the_password_may_say_from_which_site_it_comes(
    make: Callable[..., ShareLink], gino: User
) -> None:
    """Otherwise browsers send it with `Origin: null`, which is refused as forged."""
    link = make(password="open sesame")
    asking = Client(enforce_csrf_checks=True)
    asking.force_login(gino)
    answer = asking.get(f"/s/{link.id}/")
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    token = asking.cookies["csrftoken"].value
    for origin, status in (("null", 403), ("http://testserver", 302)):
        sent = {"password": "open sesame", "csrfmiddlewaretoken": token}
        opened = asking.post(f"/s/{link.id}/", sent, headers={"Origin": origin})
        assert opened.status_code == status


def test_where_it_is_allowed_who_is_not_signed_in_reads_the_text_and_no_more(
    make: Callable[..., ShareLink],
    client: Client,
    conversation: Conversation,
    exchange: Callable[..., Message],
    settings: Any,
) -> None:
    exchange(conversation, "**Yes**, it is.")
    settings.ANONYMOUS_LINKS = True
    link = make(anonymous=True)
    answer = client.get(f"/s/{link.id}/")
    shown = answer.content.decode()
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "<strong>Yes</strong>, it is." in shown
    assert "Alice Adler" in shown
    for part in ("@example.org", "<script>", "chat.js", "/c/", "<form", "tokens"):
        assert part not in shown
    link.refresh_from_db()
    assert (link.anonymous_views, client.get(f"/c/{conversation.id}/").status_code) == (1, 302)
    ShareLink.objects.update(revoked_at=timezone.now())
    assert client.get(f"/s/{link.id}/").status_code == 404
    ShareLink.objects.update(revoked_at=None)
    settings.ANONYMOUS_LINKS = False
    assert client.get(f"/s/{link.id}/").status_code == 404


def test_a_person_without_a_name_is_not_shown_by_address(
    make: Callable[..., ShareLink],
    client: Client,
    alice: User,
    conversation: Conversation,
    exchange: Callable[..., Message],
    settings: Any,
) -> None:
    exchange(conversation)
    User.objects.filter(id=alice.id).update(name="")
    settings.ANONYMOUS_LINKS = True
    shown = client.get(f"/s/{make(anonymous=True).id}/").content.decode()
    assert "A person" in shown
    assert "alice" not in shown


def test_a_password_holds_for_who_is_not_signed_in_too(
    make: Callable[..., ShareLink], client: Client, settings: Any
) -> None:
    settings.ANONYMOUS_LINKS = True
    link = make("open sesame", anonymous=True)
    address = f"/s/{link.id}/"
    assert "Moving house" not in client.get(address).content.decode()
    assert "Moving house" not in client.post(address, {"password": "x"}).content.decode()
    answer = client.post(address, {"password": "open sesame"}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "Moving house" in answer.content.decode()
    assert "Moving house" not in Client().get(address).content.decode()


def test_a_long_conversation_is_read_page_by_page(
    make: Callable[..., ShareLink],
    client: Client,
    conversation: Conversation,
    exchange: Callable[..., Message],
    settings: Any,
) -> None:
    replies = [exchange(conversation, f"Answer {number}.") for number in range(26)]
    settings.ANONYMOUS_LINKS = True
    address = f"/s/{make(anonymous=True).id}/"
    first = client.get(address).content.decode()
    assert "Answer 0." not in first
    before = int(first.split("?before=")[1].split('"')[0])
    assert before == replies[0].id + 1
    assert "Answer 0." in client.get(f"{address}?before={before}").content.decode()
    assert client.get(f"{address}?before=x").status_code == 404
