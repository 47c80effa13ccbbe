"""People and teams: made, changed, switched off, removed; and their rights version."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from chat.models import Conversation, RoleGroup, UsageRecord, User
from tests.ledger import record

from .conftest import SignIn

GOOD = "a-long-enough-passphrase-7"


def form(user: User, **fields: Any) -> dict[str, Any]:
    """What the browser would send for the user as they are; None leaves a field out."""
    values = {
        "email": user.email,
        "name": user.name,
        "is_active": "on" if user.is_active else None,
        "is_staff": "on" if user.is_staff else None,
        "is_superuser": "on" if user.is_superuser else None,
        "groups": list(user.groups.values_list("id", flat=True)),
        "user_permissions": list(user.user_permissions.values_list("id", flat=True)),
        **fields,
    }
    return {name: value for name, value in values.items() if value is not None}


def save(client: Client, user: User, **fields: Any) -> User:
    page = client.post(f"/admin/chat/user/{user.id}/change/", form(user, **fields))
    assert page.status_code == 302, page.context["errors"]
    user.refresh_from_db()
    return user


def test_a_person_is_made_with_email_and_password(as_erin: Client) -> None:
    fields = {"email": "New@Example.org", "name": "Nina", "password1": GOOD, "password2": GOOD}
    page = as_erin.post("/admin/chat/user/add/", fields)
    assert page.status_code == 302
    nina = User.objects.get(name="Nina")
    assert (nina.email, nina.is_staff, nina.check_password(GOOD)) == (
        "new@example.org",
        False,
        True,
    )


def test_an_address_is_taken_whatever_its_case(as_erin: Client, alice: User) -> None:
    fields = {"email": "ALICE@example.org", "password1": GOOD, "password2": GOOD}
    page = as_erin.post("/admin/chat/user/add/", fields)
    assert page.status_code == 200
    assert "errornote" in page.content.decode()
    assert User.objects.filter(email__iexact="alice@example.org").count() == 1


@pytest.mark.parametrize("password", ["short", "password123", "12345678901"])
def test_a_weak_password_is_refused(as_erin: Client, password: str) -> None:
    fields = {"email": "n@example.org", "password1": password, "password2": password}
    page = as_erin.post("/admin/chat/user/add/", fields)
    assert page.status_code == 200
    assert not User.objects.filter(email="n@example.org").exists()


@pytest.mark.parametrize("change", [{"is_active": None}, {"is_staff": "on"}, {"groups": "team"}])
def test_a_change_of_rights_raises_the_version(as_erin: Client, alice: User, change: Any) -> None:
    team = Group.objects.create(name="Legal")
    fields = {name: [team.id] if value == "team" else value for name, value in change.items()}
    assert save(as_erin, alice, **fields).rights_version == 2


def test_a_new_name_does_not_raise_the_version(as_erin: Client, alice: User) -> None:
    changed = save(as_erin, alice, name="Alice Amsler")
    assert (changed.name, changed.rights_version) == ("Alice Amsler", 1)


def test_a_new_password_raises_the_version_and_ends_sessions(
    as_erin: Client, alice: User, signed_in: SignIn
) -> None:
    as_alice = signed_in(alice)
    assert as_alice.get("/preferences/").status_code == 200
    path = f"/admin/chat/user/{alice.id}/password/"
    fields = {"password1": GOOD, "password2": GOOD, "usable_password": "true", "set-password": "x"}
    assert as_erin.post(path, fields).status_code == 302
    alice.refresh_from_db()
    assert (alice.rights_version, alice.check_password(GOOD)) == (2, True)
    assert as_alice.get("/preferences/").status_code == 302


def test_a_teams_permissions_raise_the_version_of_its_people(
    as_erin: Client, alice: User, bob: User
) -> None:
    team = Group.objects.create(name="Audit")
    alice.groups.add(team)
    view = Permission.objects.get(codename="view_usage")
    fields = {"name": "Audit", "permissions": [view.id]}
    assert as_erin.post(f"/admin/auth/group/{team.id}/change/", fields).status_code == 302
    alice.refresh_from_db()
    bob.refresh_from_db()
    assert (alice.rights_version, bob.rights_version) == (2, 1)
    as_erin.post(f"/admin/auth/group/{team.id}/delete/", {"post": "yes"})
    alice.refresh_from_db()
    assert alice.rights_version == 3


def test_of_a_password_nothing_is_shown_but_the_way_to_a_new_one(
    as_erin: Client, alice: User
) -> None:
    page = as_erin.get(f"/admin/chat/user/{alice.id}/change/").content.decode()
    assert 'href="../password/"' in page
    assert "Reset password" in page
    algorithm, salt, _hash = alice.password.split("$")
    assert [it for it in (algorithm, salt[:6], "algorithm", "****") if it in page] == []


def test_nobody_locks_themselves_out(as_erin: Client, erin: User) -> None:
    changed = save(as_erin, erin, is_active=None, is_superuser=None, is_staff=None)
    assert (changed.is_active, changed.is_staff, changed.is_superuser) == (True, True, True)
    assert as_erin.post(f"/admin/chat/user/{erin.id}/delete/", {"post": "yes"}).status_code == 403


def test_who_may_change_people_does_not_hand_out_rights(
    bob: User, alice: User, erin: User, signed_in: SignIn
) -> None:
    bob.is_staff = True
    bob.save()
    codes = ["view_user", "change_user", "add_user", "delete_user"]
    bob.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    as_bob = signed_in(bob)
    team = Group.objects.create(name="Legal")
    for target in (alice, bob):
        changed = save(as_bob, target, is_superuser="on", is_staff="on", groups=[team.id])
        # Teams without permissions are daily work, not rights.
        assert (changed.is_superuser, changed.team_names) == (False, ["Legal"])
    assert not alice.is_staff
    assert as_bob.post(f"/admin/chat/user/{erin.id}/change/", form(erin)).status_code == 403
    assert as_bob.get(f"/admin/chat/user/{erin.id}/password/").status_code == 403
    assert as_bob.post(f"/admin/chat/user/{erin.id}/delete/", {"post": "yes"}).status_code == 403


def test_nobody_becomes_somebody_with_more_rights_but_may_move_them_between_teams(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    roles = {role.key: role.group for role in RoleGroup.objects.select_related("group")}
    User.objects.filter(id=bob.id).update(is_staff=True)
    bob.groups.add(roles["people"])
    as_bob = signed_in(User.objects.get(id=bob.id))
    team = Group.objects.create(name="Legal")
    own = {"people": 200, "reader": 403, "auditor": 403, "providers": 403}
    User.objects.filter(id=alice.id).update(is_active=False)
    for key, status in own.items():
        alice.groups.set([roles[key]])
        for page in ("password", "delete"):
            answer = as_bob.get(f"/admin/chat/user/{alice.id}/{page}/")
            assert (key, page, answer.status_code) == (key, page, status)
        changed = save(as_bob, alice, email=f"{key}@example.org", name=key, groups=[team.id])
        email = "people@example.org"
        assert (changed.email, changed.name, changed.team_names) == (email, key, ["Legal"])
        assert roles[key] in changed.groups.all()


def test_a_deleted_persons_usage_stays(
    as_erin: Client, alice: User, conversation: Conversation
) -> None:
    record(alice)
    path = f"/admin/chat/user/{alice.id}/delete/"
    page = as_erin.get(path).content.decode()
    assert "Conversations: 1" in page
    assert conversation.title not in page
    assert as_erin.post(path, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(id=alice.id).exists()
    assert UsageRecord.objects.get().user_email == "alice@example.org"


def test_an_account_with_something_under_a_legal_hold_is_not_deleted(
    as_erin: Client, alice: User
) -> None:
    Conversation.objects.create(owner=alice, legal_hold=True)
    page = as_erin.post(f"/admin/chat/user/{alice.id}/delete/", {"post": "yes"}).content.decode()
    assert "Alice Adler: something is under a legal hold" in page
    assert User.objects.filter(id=alice.id).exists()


def test_mass_assignment_is_ignored(as_erin: Client, alice: User) -> None:
    before = alice.password
    save(
        as_erin,
        alice,
        name="A",
        password="x",
        rights_version="99",
        id="1",
        date_joined="2020-01-01",
    )
    assert (alice.password, alice.rights_version) == (before, 1)


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_any_number(
    as_erin: Client, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        User.objects.create_user(f"p{number}@example.org", None)
    with django_assert_num_queries(7):
        as_erin.get("/admin/chat/user/")


def test_only_permissions_that_do_something_here_are_offered(as_erin: Client, alice: User) -> None:
    form = as_erin.get(f"/admin/chat/user/{alice.id}/change/").context["adminform"].form
    offered = {name for _, name in form.fields["user_permissions"].choices}
    assert "Can see everybody's usage (numbers only)" in offered
    assert "Can view conversation" in offered
    assert not {name for name in offered if "session" in name or "message" in name}
    assert "Can change conversation" not in offered
