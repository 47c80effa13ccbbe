"""Shares: who may make, change and end them, what each opens, and to whom."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from chat.domain import access, sharing
from chat.domain.holders import Reach, reach, shares_of
from chat.domain.sharing import Change, Party, SharingRefused, Thing
from chat.models import Conversation, Folder, Notice, Share, User
from chat.models.share import Role

LATER = timedelta(days=1)


@pytest.fixture
def team(db: None) -> Group:
    return Group.objects.create(name="Legal")


@pytest.fixture
def folder(alice: User, conversation: Conversation) -> Folder:
    """Alice's, with the conversation in it."""
    conversation.folder = Folder.objects.create(owner=alice, name="House")
    conversation.save()
    return conversation.folder


def reads(user: User, conversation: Conversation) -> bool:
    return Conversation.objects.readable_by(user).filter(id=conversation.id).exists()


def role(user: User, conversation: Conversation) -> str:
    if not reads(user, conversation):
        return ""
    return "editor" if access.may_write(user, conversation) else "viewer"


@pytest.mark.parametrize("given", [Role.VIEWER, Role.EDITOR])
def test_a_share_opens_a_conversation_in_its_role_to_one_person(
    given: Role, alice: User, bob: User, charlie: User, erin: User, conversation: Conversation
) -> None:
    sharing.grant(alice, conversation, Party(bob), given)
    assert role(bob, conversation) == given
    assert [role(other, conversation) for other in (charlie, erin)] == ["", ""]


def test_sharing_again_changes_the_one_share_there_is(
    alice: User, bob: User, conversation: Conversation
) -> None:
    sharing.grant(alice, conversation, Party(bob), Role.VIEWER)
    sharing.grant(alice, conversation, Party(bob), Role.EDITOR)
    assert list(Share.objects.values_list("user", "role")) == [(bob.id, "editor")]
    assert Notice.objects.filter(user=bob).count() == 1


def test_a_team_s_share_ends_for_who_leaves_the_team(
    alice: User, bob: User, charlie: User, team: Group, conversation: Conversation
) -> None:
    bob.groups.add(team)
    change = sharing.grant(alice, conversation, Party(group=team), Role.VIEWER)
    assert change == Change((conversation.id,), (bob.id,))
    assert (role(bob, conversation), role(charlie, conversation)) == ("viewer", "")
    bob.groups.clear()
    assert role(bob, conversation) == ""


def test_everyone_means_everyone_whose_account_is_active(
    alice: User, charlie: User, conversation: Conversation
) -> None:
    assert sharing.grant(alice, conversation, Party(), Role.VIEWER).users is None
    assert access.conversation_read(charlie, conversation.id) == conversation
    charlie.is_active = False
    with pytest.raises(access.NotFound):
        access.conversation_read(charlie, conversation.id)


def test_the_strongest_of_several_shares_counts(
    alice: User, bob: User, team: Group, conversation: Conversation
) -> None:
    bob.groups.add(team)
    sharing.grant(alice, conversation, Party(group=team), Role.EDITOR)
    sharing.grant(alice, conversation, Party(bob), Role.VIEWER)
    assert role(bob, conversation) == "editor"
    sharing.revoke(alice, Share.objects.get(group=team))
    assert role(bob, conversation) == "viewer"


def test_a_share_ends_with_its_last_day_and_by_being_revoked(
    alice: User, bob: User, conversation: Conversation
) -> None:
    sharing.grant(alice, conversation, Party(bob), Role.VIEWER, timezone.now() + LATER)
    share = Share.objects.get()
    Share.objects.update(expires_at=timezone.now())
    assert role(bob, conversation) == ""
    sharing.change(alice, share, Role.EDITOR, timezone.now() + LATER)
    assert role(bob, conversation) == "editor"
    assert sharing.revoke(alice, share) == Change((conversation.id,), (bob.id,))
    assert role(bob, conversation) == ""


def test_every_change_raises_what_open_pages_compare(
    alice: User, bob: User, folder: Folder, conversation: Conversation
) -> None:
    def version() -> int:
        return Conversation.objects.get(id=conversation.id).rights_version

    seen = [version()]
    for thing in (conversation, folder):
        sharing.grant(alice, thing, Party(bob), Role.VIEWER)
        seen.append(version())
        share = Share.objects.get()
        sharing.change(alice, share, Role.EDITOR)
        seen.append(version())
        sharing.revoke(alice, share)
        seen.append(version())
    assert seen == list(range(1, 8))


def test_what_is_put_into_a_shared_folder_is_shared_and_what_leaves_it_is_not(
    alice: User, bob: User, charlie: User, folder: Folder, conversation: Conversation
) -> None:
    other = Conversation.objects.create(owner=alice)
    change = sharing.grant(alice, folder, Party(bob), Role.EDITOR)
    assert change == Change((conversation.id,), (bob.id,))
    assert [role(bob, it) for it in (conversation, other)] == ["editor", ""]
    assert role(charlie, conversation) == ""
    Conversation.objects.filter(id=other.id).update(folder=folder)
    Conversation.objects.filter(id=conversation.id).update(folder=None)
    assert [role(bob, it) for it in (conversation, other)] == ["", "editor"]


@pytest.mark.parametrize("person", ["bob", "charlie", "dana", "erin", "frida"])
@pytest.mark.parametrize("kind", ["conversation", "folder"])
def test_nobody_but_the_owner_shares_changes_or_revokes(
    kind: str,
    person: str,
    alice: User,
    bob: User,
    folder: Folder,
    conversation: Conversation,
    request: pytest.FixtureRequest,
) -> None:
    thing: Thing = conversation if kind == "conversation" else folder
    sharing.grant(alice, thing, Party(bob), Role.VIEWER)
    sharing.grant(alice, thing, Party(request.getfixturevalue("frida")), Role.EDITOR)
    share, who = Share.objects.filter(user=bob).get(), request.getfixturevalue(person)
    before = list(Share.objects.values())
    attempts: list[Callable[[], Change]] = [
        lambda: sharing.grant(who, thing, Party(), Role.EDITOR),
        lambda: sharing.change(who, share, Role.EDITOR),
        lambda: sharing.revoke(who, share),
    ]
    for attempt in attempts:
        with pytest.raises(access.NotFound):
            attempt()
    with pytest.raises(access.NotFound):
        access.share_own(who, share.id)
    assert list(Share.objects.values()) == before


def test_a_deactivated_owner_shares_nothing_and_nobody_shares_with_the_deactivated(
    alice: User, bob: User, conversation: Conversation
) -> None:
    bob.is_active = False
    with pytest.raises(access.NotFound):
        sharing.grant(alice, conversation, Party(bob), Role.VIEWER)
    alice.is_active = False
    with pytest.raises(access.NotFound):
        sharing.grant(alice, conversation, Party(), Role.VIEWER)


def test_sharing_with_oneself_and_until_yesterday_are_refused_in_words(
    alice: User, bob: User, conversation: Conversation
) -> None:
    with pytest.raises(SharingRefused) as refused:
        sharing.grant(alice, conversation, Party(alice), Role.VIEWER)
    assert str(refused.value.words) == "This is yours already. Choose somebody else."
    with pytest.raises(SharingRefused) as refused:
        sharing.grant(alice, conversation, Party(bob), Role.VIEWER, timezone.now() - LATER)
    assert str(refused.value.words) == "This day is over. Choose a later one."
    assert not Share.objects.exists()


def test_a_person_is_told_and_need_not_learn_of_what_was_taken_back(
    alice: User, bob: User, folder: Folder, conversation: Conversation
) -> None:
    for thing in (conversation, folder):
        sharing.grant(alice, thing, Party(bob), Role.VIEWER)
    told = Notice.objects.filter(user=bob, kind="shared").order_by("id")
    assert list(told.values_list("conversation", "details")) == [
        (conversation.id, {"by": "Alice Adler"}),
        (None, {"by": "Alice Adler", "folder": "House", "folder_id": folder.id}),
    ]
    for share in Share.objects.all():
        sharing.revoke(alice, share)
    assert not told.exists()


def test_the_list_says_who_has_access_and_marks_what_comes_through_the_folder(
    alice: User, bob: User, charlie: User, team: Group, folder: Folder, conversation: Conversation
) -> None:
    for thing, party in (
        (folder, Party(bob)),
        (conversation, Party(charlie)),
        (conversation, Party(group=team)),
        (conversation, Party()),
    ):
        sharing.grant(alice, thing, party, Role.VIEWER)
    rows = [(it.user, it.group, it.everyone, it.folder) for it in shares_of(conversation)]
    assert sorted(rows, key=str) == sorted(
        [
            (None, None, True, None),
            (charlie, None, False, None),
            (None, team, False, None),
            (bob, None, False, folder),
        ],
        key=str,
    )
    assert rows[-1][3] == folder
    assert [it.user for it in shares_of(folder)] == [bob]


def test_reach_counts_each_person_once(
    alice: User,
    bob: User,
    charlie: User,
    team: Group,
    conversation: Conversation,
    django_assert_num_queries: Callable[..., object],
) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert reach(conversation) == Reach()
    for person in (alice, bob, charlie):
        person.groups.add(team)
    sharing.grant(alice, conversation, Party(group=team), Role.VIEWER)
    sharing.grant(alice, conversation, Party(bob), Role.EDITOR)
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        assert reach(conversation) == Reach(is_shared=True, people=2)
