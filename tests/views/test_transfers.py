"""Exports from the menu, everything as a zip, and imports, as people see them."""

import io
import json
import random
import re
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.domain import tickets
from chat.domain.sharing import Party, grant
from chat.domain.transfer import files, jobs
from chat.models import AuditEvent, Conversation, Message, Transfer, User
from chat.models.audit_event import Verb
from chat.models.share import Role
from tests.domain.test_copying import grow
from tests.domain.transfer.scene import exported, imported


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_viewer_exports_what_is_shared(
    client: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    grow(conversation, 1)
    conversation.title = 'Plan: "A/B"\u202e'
    conversation.save()
    grant(alice, conversation, Party(user=bob), Role.VIEWER)
    client.force_login(bob)
    address = f"/c/{conversation.id}/export/"
    dialog = client.get(address)
    markdown = client.get(f"{address}markdown/")
    assert b"export/json/" in dialog.content
    assert markdown.headers["Content-Disposition"] == 'attachment; filename="Plan A B.md"'
    assert "\n## Alice Adler · " in (text := body(markdown).decode())
    assert text.startswith('# Plan: "A/B"')
    assert "1 message of other branches" in text
    data = json.loads(body(client.get(f"{address}json/")))
    assert [said["text"] for said in data["messages"]] == [
        "Question 0",
        "Answer 0",
        "Another answer",
    ]
    exported_by_bob = AuditEvent.objects.filter(verb=Verb.EXPORTED, actor=bob)
    assert exported_by_bob.count() == 2
    assert client.get(f"{address}docx/").status_code == 404


def test_the_page_to_print_has_no_script_and_nothing_that_runs(
    as_alice: Client, conversation: Conversation
) -> None:
    made = grow(conversation, 1)
    hostile = "<script>alert(1)</script>\n\n**bold** [x](javascript:alert(1))"
    Message.objects.filter(id__in=[one.id for one in made]).update(content=hostile)
    Conversation.objects.update(title="<img src=x onerror=alert(1)>", system_prompt="<b>x</b>")
    page = as_alice.get(f"/c/{conversation.id}/print/").content.decode()
    assert "<strong>bold</strong>" in page
    for bad in ("<script", "<img", "<b>x", 'href="javascript'):
        assert bad not in page


@pytest.mark.parametrize("exchanges", [1, 30])
def test_a_long_conversation_prints_with_no_more_queries(
    as_alice: Client, conversation: Conversation, exchanges: int
) -> None:
    grow(conversation, exchanges)
    address = f"/c/{conversation.id}/print/"
    as_alice.get(address)
    with CaptureQueriesContext(connection) as queries:
        as_alice.get(address)
    assert len(queries) == 11


def test_the_page_lists_many_transfers_with_no_more_queries(as_alice: Client, alice: User) -> None:
    counts = []
    for rows in (1, 29):
        for _ in range(rows):
            Transfer.objects.create(user=alice, kind="export", state="done", report={"bytes": 1})
        with CaptureQueriesContext(connection) as queries:
            as_alice.get("/transfers/")
        counts.append(len(queries))
    assert counts == [3, 3]


def test_everything_goes_out_and_comes_in_again(
    as_alice: Client, charlie: User, alice: User, conversation: Conversation
) -> None:
    grow(conversation, 2)
    row = exported(alice)
    assert (row.state, row.done, row.total, row.report["conversations"]) == ("done", 1, 1, 1)
    data = body(as_alice.get(f"/transfers/{row.id}/file/"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            f"conversations/0001 {conversation.title or 'Conversation'}.json",
            f"conversations/0001 {conversation.title or 'Conversation'}.md",
            "index.json",
            "index.md",
        ]
    assert data[:200] not in files.path_of(row.id).read_bytes()
    client = Client()
    client.force_login(charlie)
    assert client.get(f"/transfers/{row.id}/file/").status_code == 404
    assert client.post(f"/transfers/{row.id}/forget/").status_code == 404
    took = imported(charlie, data, "chatsite.zip")
    assert (took.state, took.report["conversations"], took.report["messages"]) == ("done", 1, 5)
    [mine] = Conversation.objects.recent(charlie)
    assert (mine.title, mine.updated_at) == (conversation.title, conversation.updated_at)


def test_selected_ones_go_out_and_nobody_elses(
    as_alice: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    others = Conversation.objects.create(owner=bob)
    ids = f"{conversation.id},{others.id}"
    answer = as_alice.post("/conversations/selected/export/", {"ids": ids, "action": "export"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/transfers/")
    assert Transfer.objects.get().report["chosen"] == [str(conversation.id)]
    again = as_alice.post("/conversations/selected/export/", {"ids": ids})
    assert b"One of these is under way already." in again.content
    none = as_alice.post("/conversations/selected/export/", {"ids": str(others.id)})
    assert b"Nothing of your own is selected." in none.content


def question(text: str) -> dict[str, object]:
    return {"parent": None, "message": {"author": {"role": "user"}, "content": {"parts": [text]}}}


def test_a_broken_file_says_why_and_leaves_nothing(as_alice: Client, alice: User) -> None:
    good = json.dumps({"title": "Good", "mapping": {"a": question("Hello")}})
    row = imported(alice, f'[{good},\n{{"mapping": 5}}]'.encode())
    assert (row.state, Conversation.objects.count(), Message.objects.count()) == ("failed", 0, 0)
    page = as_alice.get("/transfers/").content.decode()
    assert "Nothing was imported. The conversation that begins at line 2:" in page


def test_a_cancelled_export_stops(as_alice: Client, alice: User) -> None:
    row = jobs.begin_export(alice)
    claimed = jobs.claim("a-node")
    assert claimed is not None
    as_alice.post(f"/transfers/{row.id}/forget/")
    assert (jobs.advance(claimed, 1, 2), Transfer.objects.count()) == (False, 0)


def test_files_are_gone_after_a_day(alice: User, conversation: Conversation) -> None:
    row = exported(alice)
    Transfer.objects.update(finished_at=timezone.now() - timedelta(days=1, seconds=1))
    assert (jobs.remove_old(), jobs.remove_old()) == (1, 0)
    assert not files.path_of(row.id).exists()


def test_preferences_lead_there(as_alice: Client) -> None:
    assert b'href="/transfers/"' in as_alice.get("/preferences/").content


def test_large_bodies_come_in_with_the_ticket_of_the_page(as_alice: Client) -> None:
    page = as_alice.get("/transfers/").content.decode()
    [address] = re.findall(r'action="(/transfers/import/[^"]+)"', page)
    path, _mark, query = address.partition("?")
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert [
        tickets.most_bytes(address, "") > settings.MAX_IMPORT_BYTES,
        tickets.most_bytes(path, ""),
        tickets.most_bytes(f"/prompts/new/?{query}", ""),
        tickets.most_bytes(f"{address}x", ""),
        tickets.most_bytes(f"{path}?a&b&c&d&e&f&g&{query}", ""),
    ] == [True, usual, usual, usual, usual]


def test_many_conversations_take_no_more_memory(alice: User) -> None:
    peaks = []
    for count in (4, 32):
        Conversation.objects.all().delete()
        for number in range(count):
            conversation = Conversation.objects.create(owner=alice, title=f"Number {number}")
            Message.objects.create(
                conversation=conversation,
                role="user",
                author=alice,
                content=random.Random(number).randbytes(100_000).hex(),
            )
        tracemalloc.start()
        jobs.forget(exported(alice))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2
