"""From an id to a row: the owner gets it, everybody else learns nothing."""

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group

from chat.domain import access
from chat.models import Conversation, LanguageModel, Message, User

Door = Callable[[User, uuid.UUID], Conversation]
DOORS = [access.conversation_read, access.conversation_write, access.conversation_own]


def test_a_person_is_found_while_the_account_is_active(alice: User, bob: User) -> None:
    assert access.person(alice.id) == alice
    User.objects.filter(id=bob.id).update(is_active=False)
    for number in (bob.id, alice.id + 99, 0):
        with pytest.raises(access.NotFound):
            access.person(number)


@pytest.mark.parametrize("door", DOORS)
def test_the_owner_gets_the_conversation(
    door: Door, alice: User, conversation: Conversation
) -> None:
    assert door(alice, conversation.id) == conversation


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("person", ["bob", "charlie", "dana", "erin"])
def test_nobody_else_gets_it_not_even_who_administers(
    door: Door, person: str, conversation: Conversation, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(access.NotFound):
        door(request.getfixturevalue(person), conversation.id)


@pytest.mark.parametrize("door", DOORS)
def test_a_deactivated_owner_gets_nothing(
    door: Door, alice: User, conversation: Conversation
) -> None:
    alice.is_active = False
    with pytest.raises(access.NotFound):
        door(alice, conversation.id)


@pytest.mark.parametrize("door", DOORS)
def test_what_is_not_there_looks_like_what_is_not_mine(door: Door, alice: User) -> None:
    with pytest.raises(access.NotFound):
        door(alice, uuid.uuid4())


def test_a_message_is_found_only_through_its_conversation(
    alice: User, conversation: Conversation
) -> None:
    other = Conversation.objects.create(owner=alice)
    message = Message.objects.create(conversation=conversation, role="user", content="Mine")
    assert access.message_in(conversation, message.id) == message
    for place, number in [(other, message.id), (conversation, message.id + 1), (conversation, 0)]:
        with pytest.raises(access.NotFound):
            access.message_in(place, number)


def test_a_model_open_to_everyone_can_be_used(alice: User, model: LanguageModel) -> None:
    assert access.language_model_use(alice, model.id) == model


def test_a_model_of_a_team_can_be_used_by_that_team_only(
    alice: User, charlie: User, erin: User, model: LanguageModel
) -> None:
    team = Group.objects.create(name="Legal")
    alice.groups.add(team)
    model.groups.add(team, Group.objects.create(name="Finance"))
    assert access.language_model_use(alice, model.id) == model
    for person in (charlie, erin):
        with pytest.raises(access.NotFound):
            access.language_model_use(person, model.id)


@pytest.mark.parametrize("what", ["model", "provider", "person"])
def test_what_is_switched_off_cannot_be_used(what: str, alice: User, model: LanguageModel) -> None:
    if what == "person":
        alice.is_active = False
    else:
        row = model if what == "model" else model.provider
        row.enabled = False
        row.save()
    with pytest.raises(access.NotFound):
        access.language_model_use(alice, model.id)
