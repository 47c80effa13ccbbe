"""Files over HTTP: uploading, refusals in words, and downloads that no browser opens."""

import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from chat.domain import attachments
from chat.models import Attachment, Conversation, Message, Share, User
from chat.models.share import Role

NAME = "Übersicht <b>.txt"
DATA = "Größe: 42".encode()


def upload(client: Client, name: str = NAME, data: bytes = DATA, **query: Any) -> Any:
    address = f"/attachments/?{urlencode({'name': name, **query})}"
    return client.post(address, data, content_type="application/octet-stream")


@pytest.fixture
def sent(alice: User, conversation: Conversation) -> Attachment:
    """Beside a message of Alice's."""
    line = attachments.take_in(alice, conversation, NAME, DATA)
    message = Message.objects.create(
        conversation=conversation, role="user", author=alice, content="Look."
    )
    attachments.attach(alice, message, [line.id])
    conversation.leaf = message
    conversation.save()
    return Attachment.objects.get()


@pytest.mark.usefixtures("model")
def test_an_upload_answers_the_files_line_and_the_page_shows_it_again(as_alice: Client) -> None:
    line = upload(as_alice).content.decode()
    row = Attachment.objects.get()
    for shown in (
        f'data-attachment="{row.id}"',
        "Übersicht &lt;b&gt;.txt",
        "11\xa0bytes",
        "tokens",
    ):
        assert shown in line
    assert f'data-attachment="{row.id}"' in as_alice.get("/").content.decode()


def test_a_file_waits_beside_the_conversation_it_was_added_to(
    as_alice: Client, conversation: Conversation
) -> None:
    upload(as_alice, conversation=conversation.id)
    row = Attachment.objects.get()
    assert row.conversation == conversation
    assert f'data-attachment="{row.id}"' not in as_alice.get("/").content.decode()
    page = as_alice.get(f"/c/{conversation.id}/").content.decode()
    assert f'data-attachment="{row.id}"' in page


def test_refusals_are_sentences(as_alice: Client, settings: Any) -> None:
    settings.MAX_ATTACHMENT_BYTES = 1000
    refused = {
        "too large": upload(as_alice, data=b"x" * 1001),
        "wrong kind": upload(as_alice, name="x.exe"),
        "no name": upload(as_alice, name=""),
        "nothing in it": upload(as_alice, data=b""),
    }
    assert {name: answer.status_code for name, answer in refused.items()} == dict.fromkeys(
        refused, 400
    )
    words = {name: answer.json()["words"] for name, answer in refused.items()}
    assert words["too large"].startswith(f"“{NAME}” is too large.")
    assert words["nothing in it"].startswith("There is no text in")
    assert not Attachment.objects.exists()


def test_who_uploads_without_end_is_stopped_for_a_while(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.views.attachments.MOST_IN_A_WHILE", 1)
    assert upload(as_alice).status_code == 200
    assert "Wait a few minutes" in upload(as_alice).json()["words"]


@pytest.mark.parametrize("role", ["stranger", "viewer"])
def test_only_who_may_write_in_a_conversation_adds_files_to_it(
    as_charlie: Client, charlie: User, conversation: Conversation, role: str
) -> None:
    if role == "viewer":
        Share.objects.create(conversation=conversation, user=charlie, role=Role.VIEWER)
    assert upload(as_charlie, conversation=conversation.id).status_code == 404
    assert not Attachment.objects.exists()


def test_the_message_shows_its_files_to_everyone_who_reads_it(
    sent: Attachment, as_alice: Client, as_charlie: Client, charlie: User
) -> None:
    Share.objects.create(conversation=sent.conversation, user=charlie)
    for client in (as_alice, as_charlie):
        page = client.get(f"/c/{sent.conversation_id}/").content.decode()
        assert f'href="/attachments/{sent.id}/file/"' in page
        assert f"/attachments/{sent.id}/remove/" not in page
        assert "Größe: 42" in client.get(f"/attachments/{sent.id}/").content.decode()


def test_a_download_is_bytes_with_a_name_and_never_a_page(
    sent: Attachment, as_alice: Client
) -> None:
    answer = as_alice.get(f"/attachments/{sent.id}/file/")
    assert answer.content == DATA
    assert {
        name: answer.headers[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
        )
    } == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "attachment; filename*=utf-8''%C3%9Cbersicht%20%3Cb%3E.txt",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    }


def test_a_file_that_does_not_open_any_more_says_so(sent: Attachment, as_alice: Client) -> None:
    Attachment.objects.update(sealed=b"damaged")
    answer = as_alice.get(f"/attachments/{sent.id}/file/")
    assert answer.status_code == 410
    assert "Tell your administrator" in answer.content.decode()


def test_strangers_get_nothing_of_a_file(
    sent: Attachment, as_alice: Client, as_charlie: Client
) -> None:
    for part in ("", "file/"):
        assert as_charlie.get(f"/attachments/{sent.id}/{part}").status_code == 404
    for client in (as_charlie, as_alice):
        assert client.post(f"/attachments/{sent.id}/remove/").status_code == 404
    assert as_alice.get(f"/attachments/{uuid.uuid4()}/").status_code == 404
    assert Attachment.objects.count() == 1


def test_an_unsent_file_is_removed_by_its_owner_alone(as_alice: Client, as_charlie: Client) -> None:
    upload(as_alice)
    address = f"/attachments/{Attachment.objects.get().id}/remove/"
    assert as_charlie.post(address).status_code == 404
    assert as_alice.post(address).status_code == 204
    assert not Attachment.objects.exists()
