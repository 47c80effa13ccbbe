"""Drafts: the newest text stays, whichever window writes last."""

import pytest

from chat.domain import drafts
from chat.domain.drafts import DraftTooLong, NewerDraft
from chat.models import Conversation, Draft, User


def test_a_draft_for_each_conversation_and_one_for_a_new_page(
    alice: User, bob: User, conversation: Conversation
) -> None:
    drafts.save(alice, conversation, "here", 0)
    drafts.save(alice, None, "there", 0)
    drafts.save(bob, None, "Bob's", 0)
    found = {
        (user, place): drafts.read(user, place).text
        for user in (alice, bob)
        for place in (conversation, None)
    }
    assert found == {
        (alice, conversation): "here",
        (alice, None): "there",
        (bob, conversation): "",
        (bob, None): "Bob's",
    }


@pytest.mark.parametrize("anew", [True, False])
def test_an_old_window_does_not_overwrite_a_newer_text(
    alice: User, conversation: Conversation, anew: bool
) -> None:
    place = None if anew else conversation
    first = drafts.save(alice, place, "first", 0)
    second = drafts.save(alice, place, "second", first.version)
    with pytest.raises(NewerDraft) as refused:
        drafts.save(alice, place, "from the old window", first.version)
    assert (refused.value.saved.text, refused.value.saved.version) == ("second", second.version)
    with pytest.raises(NewerDraft):
        drafts.save(alice, place, "from a window opened before", 0)
    assert drafts.read(alice, place).text == "second"


def test_saving_twice_is_no_conflict(alice: User) -> None:
    first = drafts.save(alice, None, "the same", 0)
    assert drafts.save(alice, None, "the same", 0).version == first.version == 1


def test_a_version_rises_also_over_an_empty_text(alice: User) -> None:
    drafts.save(alice, None, "typed", 0)
    drafts.save(alice, None, "", 1)
    assert drafts.save(alice, None, "typed again", 2).version == 3
    assert Draft.objects.count() == 1


def test_a_draft_is_no_longer_than_a_message(alice: User, settings: object) -> None:
    settings.MAX_MESSAGE_CHARACTERS = 5  # type: ignore[attr-defined]
    with pytest.raises(DraftTooLong):
        drafts.save(alice, None, "123456", 0)
    assert drafts.save(alice, None, " 1\0\r\n345 ", 0).text == " 1\n345 "


def test_a_draft_goes_with_its_conversation(alice: User, conversation: Conversation) -> None:
    drafts.save(alice, conversation, "typed", 0)
    conversation.delete()
    assert Draft.objects.count() == 0
