"""Finding whom to share with: enough to choose from, and no list of everybody."""

import pytest
from django.contrib.auth.models import Group

from chat.domain import directory, limits
from chat.domain.directory import Hits
from chat.models import RoleGroup, User
from chat.models.role import RoleKey


@pytest.mark.parametrize("text", ["bo", "BRUN", "  bob   brunner ", "bob@ex", "bob@example.org"])
def test_people_are_found_by_the_beginnings_of_their_names_and_address(
    text: str, alice: User, bob: User, charlie: User
) -> None:
    assert directory.find(alice, text) == Hits([bob], [])


@pytest.mark.parametrize("text", ["b", "ob", "unner", "example.org", "%", "b%", "__", "'; --"])
def test_too_few_letters_and_middles_of_words_find_nobody(
    text: str, alice: User, bob: User
) -> None:
    assert directory.find(alice, text) == Hits([], [])


def test_oneself_and_the_deactivated_are_not_found(alice: User, bob: User) -> None:
    User.objects.filter(id=bob.id).update(is_active=False)
    assert directory.find(alice, "al") == directory.find(alice, "bo") == Hits([], [])
    assert directory.by_email("bob@example.org") is None


def test_no_more_than_eight_are_shown_and_that_is_said(alice: User) -> None:
    User.objects.bulk_create(
        User(email=f"zoe{number}@example.org", name=f"Zoe {number}") for number in range(9)
    )
    hits = directory.find(alice, "zoe")
    assert ([it.name for it in hits.people], hits.more) == ([f"Zoe {n}" for n in range(8)], True)


def test_without_letters_only_one_s_own_teams_are_offered(alice: User) -> None:
    mine, other = (Group.objects.create(name=name) for name in ("Legal", "Finance"))
    alice.groups.add(mine)
    assert directory.find(alice, "") == Hits([], [mine])
    assert directory.find(alice, "fin") == Hits([], [other])


@pytest.mark.parametrize("text", [" Bob@Example.ORG ", "bob@example.org"])
def test_an_exact_address_finds_its_person(text: str, bob: User) -> None:
    assert directory.by_email(text) == bob


def test_a_team_is_found_by_its_number_only(db: None) -> None:
    team = Group.objects.create(name="Legal")
    assert directory.team(str(team.id)) == team
    for text in ("", "x", "-1", "9" * 30, "٣", f"{team.id + 1}"):
        assert directory.team(text) is None


def test_a_role_is_no_team_to_share_with(alice: User) -> None:
    role = RoleGroup.objects.get(key=RoleKey.AUDITOR).group
    alice.groups.add(role)
    assert directory.find(alice, "") == directory.find(alice, "Usage") == Hits([], [])
    assert directory.team(str(role.id)) is None


def test_a_limit_counts_each_alone() -> None:
    first = [limits.within("test", "alice", 2, 60) for _ in range(3)]
    assert (first, limits.within("test", "bob", 2, 60)) == ([True, True, False], True)


def test_one_line_s_many_addresses_count_as_one() -> None:
    addresses = ["192.0.2.7", "2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"]
    assert [limits.network(address) for address in addresses] == [
        *("192.0.2.7", "2001:db8::", "2001:db8::", "2001:db8:0:1::"),
    ]


def test_nobody_gets_rid_of_a_limit_by_many_others() -> None:
    assert limits.within("flood", "alice", 1, 60)
    for number in range(500):
        limits.within("sign-in", f"somebody-{number}@example.org", 1, 60)
    assert not limits.within("flood", "alice", 1, 60)
