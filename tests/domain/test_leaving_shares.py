"""Whoever something was shared with gives it back; what a team or everyone has stays."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone, translation

from chat.domain import access, audience, listings, losses, notices, rights, share_links, sharing
from chat.domain.holders import Ways, ways_to
from chat.domain.sharing import Change, Party
from chat.models import AuditEvent, Conversation, Folder, Share, User
from chat.models.share import Role

WEEK = timedelta(days=7)


def sees(user: User, conversation: Conversation) -> list[bool]:
    """In every place that asks: pages, sockets, lists, the audience."""
    return [
        Conversation.objects.readable_by(user).filter(id=conversation.id).exists(),
        bool(rights.roles_of({(user.id, conversation.id)})),
        bool(listings.page(user, "shared", 9).conversations),
        bool(audience.among(conversation.id, [user.id])),
    ]


def test_the_own_share_ends_and_the_owner_learns_of_it(
    alice: User, bob: User, conversation: Conversation
) -> None:
    sharing.grant(alice, conversation, Party(bob), Role.EDITOR)
    assert ways_to(bob, conversation) == Ways(alone=True, folder=None, others=[])
    left = sharing.leave(bob, conversation)
    assert left == Change((conversation.id,), (bob.id,))
    assert (sees(bob, conversation), Share.objects.count()) == ([False] * 4, 0)
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.actor, event.object_id) == ("share_left", bob, str(conversation.id))
    with translation.override("en"):
        [line] = notices.lines(alice)
    assert line.words == "Bob Brunner has removed a conversation of yours from their list."
    said = losses.words(bob.id, conversation.id, "en")
    assert (notices.lines(bob), said) == (
        [],
        "You have removed this conversation from your list.",
    )
    with pytest.raises(access.NotFound):
        sharing.leave(bob, conversation)


def test_who_came_by_a_link_stays_in_its_log_and_may_open_it_again(
    alice: User, gino: User, conversation: Conversation
) -> None:
    link = share_links.make(alice, conversation, timezone.now() + WEEK)
    share_links.open_for(gino, link)
    assert (ways_to(gino, conversation).may_leave, sees(gino, conversation)) == (True, [True] * 4)
    sharing.leave(gino, conversation)
    assert (ways_to(gino, conversation).alone, sees(gino, conversation)) == (False, [False] * 4)
    assert [(view.user, view.count) for view in share_links.views_of(link)] == [(gino, 1)]
    share_links.open_for(gino, link)
    assert (sees(gino, conversation), share_links.views_of(link)[0].count) == ([True] * 4, 2)


def test_a_team_or_everyone_keeps_access_and_the_ways_are_named(
    alice: User, bob: User, conversation: Conversation
) -> None:
    team = Group.objects.create(name="Legal")
    strange = Group.objects.create(name="Strange")
    bob.groups.add(team)
    for party in (Party(bob), Party(group=team), Party(group=strange), Party()):
        sharing.grant(alice, conversation, party, Role.VIEWER)
    ways = ways_to(bob, conversation)
    assert (ways.alone, [share.group for share in ways.others]) == (True, [None, team])
    assert not ways.may_leave
    Share.objects.filter(user=bob).delete()
    with pytest.raises(access.NotFound):
        sharing.leave(bob, conversation)


def test_a_folder_is_left_as_a_whole(alice: User, bob: User, conversation: Conversation) -> None:
    folder = Folder.objects.create(owner=alice, name="House")
    Conversation.objects.update(folder=folder)
    conversation.refresh_from_db()
    sharing.grant(alice, folder, Party(bob), Role.VIEWER)
    assert ways_to(bob, conversation) == Ways(alone=False, folder=folder, others=[])
    assert ways_to(bob, folder) == Ways(alone=True, folder=None, others=[])
    assert sharing.leave(bob, folder) == Change((conversation.id,), (bob.id,))
    assert not Conversation.objects.readable_by(bob).exists()
    with translation.override("en"):
        [line] = notices.lines(alice)
    assert line.words == "Bob Brunner has removed your folder “House” from their list."
    assert losses.words(bob.id, conversation.id, "en").startswith("You have removed")
