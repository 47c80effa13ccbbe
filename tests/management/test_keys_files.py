"""`manage.py keys` and the files that are attached to messages: counted, renewed, tried."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from chat import crypto
from chat.domain import keys
from chat.models import Attachment, User
from chat.models.sealing import key_ring

from .conftest import keys_command as run

pytestmark = pytest.mark.usefixtures("own_ring")

DATA = b"What stands in the file."


@pytest.fixture
def file(alice: User) -> Attachment:
    row = Attachment(owner=alice, name="notes.txt", kind="txt", size=len(DATA), text="x")
    row.seal(DATA)
    row.save()
    return row


def test_check_counts_the_files_that_each_key_seals(file: Attachment) -> None:
    kid = key_ring().primary_kid
    expected = f"{kid}  seals 0 provider keys, 1 attached file\nEvery provider key opens.\n"
    assert run("check") == expected


def test_check_finds_a_file_that_was_moved_to_another_row(file: Attachment) -> None:
    Attachment.objects.create(
        owner=file.owner, name="copy.txt", kind="txt", size=1, text="x", sealed=file.sealed
    )
    with pytest.raises(CommandError, match="1 attached file: does not open"):
        run("check")


def test_rotate_seals_files_anew_and_the_old_key_can_go(file: Attachment) -> None:
    old = key_ring().primary_kid
    with pytest.raises(CommandError, match="is the newest"):
        run("retire", old)
    stale = bytes(file.sealed)
    run("rotate")
    Attachment.objects.update(sealed=stale)
    with pytest.raises(CommandError, match=f"1 attached file: sealed with {old}"):
        run("retire", old)
    run("rotate")
    sealed = bytes(Attachment.objects.get().sealed)
    assert crypto.KeyRing.kid_of(sealed) == key_ring().primary_kid != old
    assert len(key_ring().kids) == 2
    run("retire", old)
    assert Attachment.objects.get().reveal() == DATA


def test_files_alone_make_a_ring_wrong_that_opens_none_of_them(
    file: Attachment, own_ring: Path
) -> None:
    kid = key_ring().primary_kid
    own_ring.write_text(crypto.KeyRing.generate_key())
    (problem,) = keys.check_keys()
    assert f"need encryption key {kid}, which is missing" in problem
