"""Zips as they come, and as somebody makes them to do harm; sealed files that are read anywhere."""

import io
import json
import random
import struct
import uuid
import zipfile

import pytest

from chat import crypto
from chat.domain import retention
from chat.domain.transfer import archives, files
from chat.domain.transfer.names import safe_name
from chat.models import Conversation, RetentionRule, User
from tests.domain.transfer.scene import imported, read, refused
from tests.domain.transfer.test_foreign import CHATGPT

pytestmark = pytest.mark.django_db


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "names",
    [
        ["conversations.json"],
        ["export/conversations-000.json", "export/conversations-001.json"],
        ["conversations/1 Trip.json"],
        ["chat-export.json"],
    ],
)
def test_conversations_are_found_in_zips(names: list[str]) -> None:
    data = zipped({"user.html": b"x"} | dict.fromkeys(names, json.dumps([CHATGPT]).encode()))
    assert [thread.title for thread in read(data)] == ["Trip"] * len(names)


def test_hostile_zips_are_refused() -> None:
    bomb = zipped({"conversations.json": b"[" + b" " * 30_000_000 + b"]"})
    locked = bytearray(zipped({"conversations.json": b"[]"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    whole = zipped({"conversations.json": json.dumps([CHATGPT] * 50).encode()})
    damaged = bytearray(whole)
    damaged[80:90] = b"0123456789"
    assert [
        refused(bomb),
        refused(bytes(locked)),
        refused(whole[:-30]),
        refused(zipped({"notes.txt": b"x"})),
    ] == [
        "The file holds too much: a file in the zip grows too much when it is unpacked",
        "The zip file is locked with a password. Unpack it first.",
        "The zip file is damaged, or packed in a way that is not known.",
        "There is no conversations.json in the zip file.",
    ]
    assert refused(bytes(damaged))


def test_damage_that_python_s_reader_does_not_foresee_is_told_in_words() -> None:
    whole = zipped({"conversations-Ä.json": json.dumps([CHATGPT]).encode()})
    places = bytearray(whole)
    at = whole.index(b"PK\x05\x06") + 16
    places[at : at + 4] = struct.pack("<L", 2**31)
    other = whole.replace("Ä".encode(), b"\xff\xff")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("conversations.json", json.dumps([CHATGPT]))
    damaged = "The zip file is damaged, or packed in a way that is not known."
    told = [refused(bytes(places)), refused(other), refused(packed.getvalue())]
    assert told == [damaged] * 3


def test_a_table_of_contents_that_would_fill_the_memory_is_not_read() -> None:
    """A hundred megabytes of empty entries are gigabytes of Python's objects."""
    whole = zipped({"x": b""})
    begin, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entry = whole[begin:end]
    entries = entry * (archives.MOST_AT_ONCE // len(entry) + 1)
    sizes = struct.pack("<LL", len(entries), begin)
    data = whole[:begin] + entries + whole[end : end + 12] + sizes + b"\0\0"
    assert refused(data) == "The file holds too much: more than 50000 files"


def test_a_large_zip_is_read_from_where_uploads_are_kept(alice: User) -> None:
    """The head of its second file lies across the border of two sealed pieces."""
    letter = zipfile.ZipInfo("letter.pdf")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(letter, bytes(files.PIECE - 50))
        archive.writestr("conversations.json", json.dumps([CHATGPT]))
        assert archive.infolist()[1].header_offset == files.PIECE - 10
    report = imported(alice, buffer.getvalue(), "export.zip").report
    assert (report.get("words"), report.get("conversations")) == (None, 1)


def test_what_a_rule_would_remove_at_once_is_listed_in_the_order_of_the_export(
    alice: User,
) -> None:
    titles = ["old", "newest", "oldest", "newer"]
    moments = dict(zip(titles, (2, 4, 1, 3), strict=True))
    rows = [{**CHATGPT, "title": it, "update_time": moments[it] * 1e8} for it in titles]
    RetentionRule.objects.create(days=30)
    imported(alice, json.dumps(rows).encode())
    listed = Conversation.objects.recent(alice).newest_first()
    assert [row.title for row in listed] == ["newest", "newer", "old", "oldest"]
    assert not retention.due().exists()


def test_a_place_in_a_zip_is_told_with_the_file() -> None:
    data = zipped({"conversations.json": b"[\n5]"})
    words = "conversations.json: Line 2: A conversation should stand here, in braces."
    assert refused(data) == words


@pytest.mark.parametrize("size", [0, 1, files.PIECE - 1, files.PIECE, files.PIECE * 2 + 5])
def test_a_sealed_file_is_read_at_any_place(size: int) -> None:
    data = random.Random(size).randbytes(size)
    new_id = uuid.uuid4()
    files.write(new_id, [data[:1000], data[1000:]])
    with files.Reader(new_id) as reader:
        assert (reader.size, b"".join(files.pieces(reader))) == (size, data)
        reader.seek(-min(size, 10), io.SEEK_END)
        assert reader.read() == data[max(size - 10, 0) :]
    assert data[:64] not in files.path_of(new_id).read_bytes() or size < 2
    files.remove(new_id)


def test_a_sealed_file_that_was_cut_or_belongs_to_another_does_not_open() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    files.write(one, [b"x" * (files.PIECE + 5)])
    whole = files.path_of(one).read_bytes()
    files.path_of(other).write_bytes(whole)
    with pytest.raises(crypto.SealError):
        files.Reader(other)
    files.path_of(one).write_bytes(whole[: whole.index(b"\n") + 1])
    with pytest.raises(crypto.SealError):
        files.Reader(one)
    files.remove(one)
    files.remove(other)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "Conversation.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ("CON", "Conversation CON.md"),
        ('a<b>:"c"|?*\n\x00', "a b c.md"),
        ("x" * 300, "x" * 80 + ".md"),
        ("Grüße 👋", "Grüße 👋.md"),
        ("字" * 90, "字" * 66 + ".md"),
    ],
)
def test_names_are_safe_everywhere(title: str, name: str) -> None:
    assert safe_name(title, "md") == name
