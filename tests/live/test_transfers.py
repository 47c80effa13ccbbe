"""The node makes exports and takes imports in, also those that another one has left behind."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chat.domain.transfer import files, jobs
from chat.domain.transfer.importing import Import
from chat.live.hub import Hub
from chat.live.transfers import Transfers
from chat.models import Conversation, Transfer, User

pytestmark = pytest.mark.django_db(transaction=True)


def worked() -> bool:
    return asyncio.run(Transfers("this node", Hub()).once())


def upload(client: Client, data: object) -> Transfer:
    file = SimpleUploadedFile("conversations.json", json.dumps(data).encode())
    assert client.post("/transfers/import/", {"file": file}).status_code == 302
    return Transfer.objects.get()


def chat(text: str) -> dict[str, object]:
    message = {"author": {"role": "user"}, "content": {"parts": [text]}}
    return {"title": text, "mapping": {"a": {"parent": None, "message": message}}}


def test_an_upload_is_taken_in_also_after_its_node_died(client: Client, alice: User) -> None:
    client.force_login(alice)
    row = upload(client, [chat("Hello"), chat("World")])
    assert "Waiting to begin…" in client.get("/transfers/").content.decode()
    dead = jobs.claim("the node that ran before")
    assert dead is not None
    assert not worked()
    _store_half(dead)
    Transfer.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert worked()
    row.refresh_from_db()
    assert "Came in: 2 conversations, 2 messages." in client.get("/transfers/").content.decode()
    assert not files.path_of(row.id).exists()
    titles = Conversation.objects.recent(alice).values_list("title", flat=True)
    assert (sorted(titles), Conversation.objects.count()) == (["Hello", "World"], 2)


def _store_half(row: Transfer) -> None:
    work = Import(row)
    assert work.read()
    assert work.write()


def test_what_is_cancelled_halfway_leaves_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)
    row = upload(client, [chat("Hello"), chat("World")])
    claimed = jobs.claim("this node")
    assert claimed is not None
    work = Import(claimed)
    assert (work.read(), work.write()) == (True, True)
    client.post(f"/transfers/{row.id}/forget/")
    assert (work.read(), work.write()) == (True, False)
    work.give_up()
    assert (Conversation.objects.count(), Transfer.objects.count()) == (0, 0)


def test_a_broken_file_fails_with_its_words(client: Client, alice: User) -> None:
    client.force_login(alice)
    upload(client, [chat("Hello"), {"mapping": 5}])
    assert worked()
    assert Transfer.objects.get().state == "failed"
    page = client.get("/transfers/").content.decode()
    assert "Nothing was imported. The conversation that begins at line 1:" in page
    assert Conversation.objects.count() == 0


def test_an_export_is_made(client: Client, alice: User, conversation: Conversation) -> None:
    client.force_login(alice)
    client.post("/transfers/export/")
    assert (worked(), worked()) == (True, False)
    row = Transfer.objects.get()
    answer = client.get(f"/transfers/{row.id}/file/")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (data[:2], len(data)) == (b"PK", int(answer.headers["Content-Length"]))


def test_an_export_waits_for_the_machine_on_which_it_was_asked_for(alice: User) -> None:
    row = jobs.begin_export(alice)
    files.path_of(row.id).unlink()
    assert jobs.claim("a node on another machine") is None
    files.reserve(row.id)
    assert jobs.claim("a node on this machine") == row
