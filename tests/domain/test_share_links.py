"""Links: who may make, open and revoke them, with which password, and who has used them."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.domain import access, share_links
from chat.domain.share_links import PasswordAsked, TooManyAttempts, WrongPassword
from chat.domain.sharing import Change, Party, SharingRefused, grant
from chat.models import Conversation, LinkView, Organisation, Share, ShareLink, User
from chat.models.share import Role

IN_A_WEEK = timedelta(days=7)


@pytest.fixture
def link(alice: User, conversation: Conversation) -> ShareLink:
    return share_links.make(alice, conversation, timezone.now() + IN_A_WEEK)


@pytest.fixture
def locked(alice: User, conversation: Conversation) -> ShareLink:
    return share_links.make(alice, conversation, timezone.now() + IN_A_WEEK, "open sesame")


def reads(user: User, conversation: Conversation) -> bool:
    return Conversation.objects.readable_by(user).filter(id=conversation.id).exists()


def test_whoever_opens_a_link_may_read_from_then_on_and_not_write(
    link: ShareLink, gino: User, charlie: User, conversation: Conversation
) -> None:
    assert not reads(gino, conversation)
    opened = share_links.open_for(gino, access.link_open(gino, link.id))
    assert opened.change == Change((conversation.id,), (gino.id,))
    assert (reads(gino, conversation), reads(charlie, conversation)) == (True, False)
    assert not access.may_write(gino, conversation)


def test_a_conversation_that_is_not_kept_gets_no_link(alice: User) -> None:
    temporary = Conversation.objects.create(owner=alice, temporary=True)
    with pytest.raises(SharingRefused, match="temporary"):
        share_links.make(alice, temporary, timezone.now() + IN_A_WEEK)


def test_the_owner_sees_who_opened_it_and_how_often(
    link: ShareLink, alice: User, gino: User, bob: User, conversation: Conversation
) -> None:
    for person in (alice, gino, bob, gino, gino):
        share_links.open_for(person, link)
    assert [(it.user, it.count) for it in share_links.views_of(link)] == [(gino, 3), (bob, 1)]
    share_links.count_anonymous(link)
    (listed,) = share_links.links_of(conversation)
    assert (listed.people, listed.opened) == (2, 5)  # type: ignore[attr-defined]


@pytest.mark.parametrize("way", ["revoked", "expired"])
def test_a_link_that_ended_opens_nothing_and_closes_what_it_opened(
    way: str, link: ShareLink, alice: User, gino: User, conversation: Conversation
) -> None:
    share_links.open_for(gino, link)
    if way == "revoked":
        assert share_links.revoke(alice, link) == Change((conversation.id,), (gino.id,))
    else:
        ShareLink.objects.update(expires_at=timezone.now())
    assert not reads(gino, conversation)
    with pytest.raises(access.NotFound):
        access.link_open(gino, link.id)


def test_a_password_is_asked_for_once(
    locked: ShareLink, gino: User, conversation: Conversation
) -> None:
    assert "sesame" not in locked.password
    with pytest.raises(PasswordAsked):
        share_links.open_for(gino, locked)
    with pytest.raises(WrongPassword):
        share_links.open_for(gino, locked, "open")
    assert not reads(gino, conversation)
    share_links.open_for(gino, locked, "open sesame")
    assert share_links.open_for(gino, locked).change is None
    assert reads(gino, conversation)


def test_guessing_is_stopped_for_the_person_and_for_nobody_else(
    locked: ShareLink, charlie: User, gino: User
) -> None:
    for _ in range(share_links.ATTEMPTS_PER_MINUTE):
        with pytest.raises(WrongPassword):
            share_links.open_for(charlie, locked, "guess")
    with pytest.raises(TooManyAttempts):
        share_links.open_for(charlie, locked, "open sesame")
    assert share_links.open_for(gino, locked, "open sesame").change is not None


def test_who_may_read_anyway_needs_no_password_and_gets_no_further_right(
    locked: ShareLink, alice: User, bob: User, conversation: Conversation
) -> None:
    grant(alice, conversation, Party(bob), Role.VIEWER)
    assert share_links.open_for(bob, locked).change is None
    Share.objects.all().delete()
    assert not reads(bob, conversation)
    assert not LinkView.objects.exists()


@pytest.mark.parametrize("person", ["bob", "charlie", "dana", "erin", "gino"])
def test_nobody_but_the_owner_makes_revokes_or_reads_the_log(
    person: str,
    link: ShareLink,
    alice: User,
    bob: User,
    gino: User,
    conversation: Conversation,
    request: pytest.FixtureRequest,
) -> None:
    grant(alice, conversation, Party(bob), Role.EDITOR)
    share_links.open_for(gino, link)
    who = request.getfixturevalue(person)
    for attempt in (
        lambda: share_links.make(who, conversation, timezone.now() + IN_A_WEEK),
        lambda: share_links.revoke(who, link),
        lambda: access.link_own(who, link.id),
    ):
        with pytest.raises(access.NotFound):
            attempt()  # type: ignore[no-untyped-call]
    assert list(ShareLink.objects.values_list("id", "revoked_at")) == [(link.id, None)]


def test_a_link_lives_no_longer_than_the_organisation_allows(
    alice: User, conversation: Conversation
) -> None:
    Organisation.objects.create(id=1, link_days=10)
    share_links.make(alice, conversation, timezone.now() + timedelta(days=10))
    for days in (12, 400, 0, -1):
        with pytest.raises(SharingRefused):
            share_links.make(alice, conversation, timezone.now() + timedelta(days=days))


def test_only_where_it_is_allowed_a_link_opens_to_who_is_not_signed_in(
    alice: User, conversation: Conversation, link: ShareLink, settings: object
) -> None:
    end = timezone.now() + IN_A_WEEK
    assert not share_links.make(alice, conversation, end, anonymous=True).anonymous
    settings.ANONYMOUS_LINKS = True  # type: ignore[attr-defined]
    public = share_links.make(alice, conversation, end, anonymous=True)
    assert access.link_public(public.id) == public
    for number in (link.id, uuid.uuid4()):
        with pytest.raises(access.NotFound):
            access.link_public(number)
    settings.ANONYMOUS_LINKS = False  # type: ignore[attr-defined]
    with pytest.raises(access.NotFound):
        access.link_public(public.id)


def test_a_deactivated_person_opens_nothing(link: ShareLink, gino: User) -> None:
    gino.is_active = False
    with pytest.raises(access.NotFound):
        access.link_open(gino, link.id)
