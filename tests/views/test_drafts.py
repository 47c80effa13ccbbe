"""Drafts over requests: saved while typing, and in the page when it comes."""

from django.test import Client

from chat.models import Conversation, Share, User


def save(client: Client, address: str, text: str, version: object) -> tuple[bool, str, int]:
    """Whether it was kept, and what is there now."""
    found = client.post(address, {"text": text, "version": version}).json()
    return found["kept"], found["text"], found["version"]


def test_a_page_comes_with_its_draft(as_alice: Client, conversation: Conversation) -> None:
    place = f"/c/{conversation.id}/"
    assert save(as_alice, f"{place}draft/", "\nhalf a <thought>", 0)[::2] == (True, 1)
    page = as_alice.get(place).content.decode()
    assert 'data-draft-version="1"' in page
    # What follows the tag at once is taken away by browsers, so a line break stands there.
    assert ">&#10;\nhalf a &lt;thought&gt;</textarea>" in page
    assert "half a" not in as_alice.get("/").content.decode()


def test_an_old_window_is_told_what_is_newer(as_alice: Client, model: object) -> None:
    assert save(as_alice, "/draft/", "first", 0) == (True, "first", 1)
    assert save(as_alice, "/draft/", "second", 1) == (True, "second", 2)
    assert save(as_alice, "/draft/", "old window", 1) == (False, "second", 2)
    assert as_alice.get("/draft/").json()["text"] == "second"


def test_mangled_versions_are_as_good_as_none(as_alice: Client) -> None:
    for number, version in enumerate(("", "x", "-1", "9" * 40, "²")):
        assert save(as_alice, "/draft/", f"text {number}", version) == (not number, "text 0", 1)


def test_a_text_that_is_no_message_is_no_draft(as_alice: Client, settings: object) -> None:
    settings.MAX_MESSAGE_CHARACTERS = 5  # type: ignore[attr-defined]
    assert as_alice.post("/draft/", {"text": "123456", "version": 0}).status_code == 413


def test_drafts_are_private_and_for_those_who_may_write(
    as_alice: Client, as_charlie: Client, charlie: User, conversation: Conversation
) -> None:
    address = f"/c/{conversation.id}/draft/"
    save(as_alice, address, "Alice's", 0)
    assert as_charlie.get(address).status_code == 404
    share = Share.objects.create(conversation=conversation, user=charlie)
    assert as_charlie.post(address, {"text": "x", "version": 0}).status_code == 404
    share.role = "editor"
    share.save()
    assert as_charlie.get(address).json() == {"text": "", "version": 0}
    assert save(as_charlie, address, "Charlie's", 0)[0]
    assert as_alice.get(address).json()["text"] == "Alice's"
