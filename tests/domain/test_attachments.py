"""Files beside a message: whose they are, what the provider gets of them, and when they go."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from chat.domain import access, attachments, begin, filing, replies
from chat.domain.attachments import FileGone, FileLine, TooManyFiles
from chat.domain.file_words import FileRefused, shown_name
from chat.models import Attachment, Conversation, LanguageModel, Message, Share, User
from chat.protocol import EditMessage, SendMessage
from tests.extraction import files

TEXT = "The answer is 42."


def upload(
    user: User, name: str = "notes.txt", conversation: Conversation | None = None
) -> uuid.UUID:
    return attachments.take_in(user, conversation, name, TEXT.encode()).id


@transaction.atomic
def send(
    user: User, model: LanguageModel, *ids: uuid.UUID, **fields: Any
) -> tuple[replies.Started, str]:
    """What the command made, and the last message that goes to the provider."""
    fields.setdefault("conversation", uuid.uuid4())
    fields.setdefault("key", uuid.uuid4())
    command = SendMessage(1, text="What is it?", language_model=model.id, attachments=ids, **fields)
    started = replies.send(user, command, "node")
    return started, "" if started.again else last_of(started)


def last_of(started: replies.Started) -> str:
    run = begin.take(started.completion, started.replies, "node")
    assert run is not None
    assert run.prompt is not None
    return run.prompt.messages[-1].content


def test_a_file_is_read_and_shown_with_what_it_will_cost(alice: User) -> None:
    line = attachments.take_in(alice, None, "report.pdf", files.pdf("One page", "And another"))
    assert line == FileLine(
        line.id, "report.pdf", len(files.pdf("One page", "And another")), 2, False, 6
    )
    assert attachments.unsent(alice, None) == [line]


def test_the_text_of_files_goes_in_front_of_the_question(alice: User, model: LanguageModel) -> None:
    first, second = upload(alice), upload(alice, 'my "second".md')
    _started, sent = send(alice, model, first, second)
    assert sent == (
        f'[File "notes.txt" begins, mark {first.hex[:8]}]\n{TEXT}\n'
        f"[File ends, mark {first.hex[:8]}]\n\n"
        f"[File \"my 'second'.md\" begins, mark {second.hex[:8]}]\n{TEXT}\n"
        f"[File ends, mark {second.hex[:8]}]\n\n"
        "What is it?"
    )


def test_a_sent_file_belongs_to_the_message_and_opens_there_only(
    alice: User, model: LanguageModel
) -> None:
    started, _sent = send(alice, model, upload(alice))
    row = Attachment.objects.get()
    assert (row.message, row.conversation) == (started.messages[0], started.conversation)
    assert row.reveal() == TEXT.encode()
    assert TEXT.encode() not in bytes(row.sealed)
    assert attachments.unsent(alice, None) == []
    Attachment.objects.update(conversation=Conversation.objects.create(owner=alice))
    with pytest.raises(Exception, match="belongs to something else"):
        Attachment.objects.get().reveal()


def test_sending_twice_attaches_once(alice: User, model: LanguageModel) -> None:
    fields = {"conversation": uuid.uuid4(), "key": uuid.uuid4()}
    file = upload(alice)
    send(alice, model, file, **fields)
    again, _sent = send(alice, model, file, **fields)
    assert again.again
    assert Attachment.objects.count() == 1


def test_an_edited_message_keeps_its_files(alice: User, model: LanguageModel) -> None:
    started, sent = send(alice, model, upload(alice))
    started.completion.__class__.objects.update(state="completed")
    command = EditMessage(
        1, started.conversation.id, uuid.uuid4(), started.messages[0].id, "And now?"
    )
    edited = replies.edit(alice, command, "node")
    last = last_of(edited)
    assert TEXT in last
    assert last.endswith("And now?")
    assert [row.reveal() for row in Attachment.objects.all()] == [TEXT.encode()] * 2
    assert Attachment.objects.filter(message=edited.messages[0]).count() == 1
    assert sent != last


@pytest.mark.parametrize("case", ["a stranger's", "gone", "sent before", "of another conversation"])
def test_files_that_are_not_ones_own_to_send_are_refused(
    alice: User, charlie: User, model: LanguageModel, conversation: Conversation, case: str
) -> None:
    file = upload(alice, conversation=conversation if "another" in case else None)
    if case == "gone":
        Attachment.objects.all().delete()
    if case == "sent before":
        send(alice, model, file)
    with pytest.raises(FileGone):
        send(charlie if case == "a stranger's" else alice, model, file)
    assert not Message.objects.filter(content="What is it?", conversation__owner=charlie).exists()


def test_a_message_takes_so_many_files_and_a_person_keeps_so_many(
    alice: User, conversation: Conversation, model: LanguageModel, settings: Any
) -> None:
    settings.MAX_ATTACHMENTS = 2
    files_ = [upload(alice), upload(alice)]
    with pytest.raises(TooManyFiles, match="2 files at most"):
        upload(alice)
    with pytest.raises(TooManyFiles):
        send(alice, model, *files_, upload(alice, conversation=conversation))


def test_copies_have_files_of_their_own(alice: User, bob: User, model: LanguageModel) -> None:
    started, _sent = send(alice, model, upload(alice))
    mine = Conversation.objects.create(owner=bob)
    copy = Message.objects.create(conversation=mine, role="user", author=alice, content="x")
    attachments.copy_for({started.messages[0].id: copy})
    filing.delete([started.conversation])
    (row,) = Attachment.objects.all()
    assert (row.owner, row.message, row.name) == (bob, copy, "notes.txt")
    assert row.reveal() == TEXT.encode()


def test_who_may_read_the_conversation_may_read_its_files_and_nobody_else(
    alice: User, bob: User, charlie: User, dana: User, erin: User, model: LanguageModel
) -> None:
    file = upload(alice)
    assert readers(file, alice, bob, charlie, dana, erin) == [alice]
    started, _sent = send(alice, model, file)
    share = Share.objects.create(conversation=started.conversation, user=bob)
    assert readers(file, alice, bob, charlie, dana, erin) == [alice, bob]
    with pytest.raises(access.NotFound):
        access.attachment_unsent(alice, file)
    share.delete()
    assert readers(file, bob) == []
    Message.objects.filter(id=started.messages[0].id).update(deletion=uuid.uuid4())
    assert readers(file, alice) == []


def readers(file: uuid.UUID, *people: User) -> list[User]:
    def reads(person: User) -> bool:
        try:
            access.attachment_read(person, file)
        except access.NotFound:
            return False
        return True

    return [person for person in people if reads(person)]


def test_unsent_files_go_after_a_day_and_sent_ones_with_their_conversation(
    alice: User, model: LanguageModel
) -> None:
    started, _sent = send(alice, model, upload(alice))
    upload(alice)
    assert attachments.remove_old() == 0
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert attachments.remove_old() == 1
    assert Attachment.objects.count() == 1
    filing.delete([started.conversation])
    assert Attachment.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.exe", b"MZ", "cannot be read. Files may be"),
        ("x.pdf", b"Hello", "is not what its ending says"),
        ("x.txt", bytes(range(256)), "contains no readable text"),
        ("x.txt", b"  ", "There is no text in"),
        ("x.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "protected with a password or in an old"),
        ("x.pdf", b"%PDF-1.7 nothing", "is damaged"),
        ("x.txt", b"x" * 2001, "is too large. Files may have 2.0"),
        ("x.pdf", files.pdf(*["x"] * 301), "has 301 pages; 300 are allowed"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_with_a_next_step(
    alice: User, settings: Any, name: str, data: bytes, words: str
) -> None:
    if name == "x.txt":
        settings.MAX_ATTACHMENT_BYTES = 2000
    with pytest.raises(FileRefused) as caught:
        attachments.take_in(alice, None, name, data)
    assert words in str(caught.value.words)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ('a"b\n c\u202egpj.txt', "a'b cgpj.txt"),
        ("x" * 300 + ".docx", "x" * 114 + "….docx"),
        ("\x00\x01", "file"),
    ],
)
def test_names_are_shown_as_one_plain_line(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize("number", [1, 5])
def test_lists_cost_the_same_for_one_file_and_for_five(
    alice: User, model: LanguageModel, number: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    ids = [upload(alice, f"{index}.txt") for index in range(number)]
    with django_assert_num_queries(1):
        assert len(attachments.unsent(alice, None)) == number
    started, _sent = send(alice, model, *ids)
    message = started.messages[0]
    with django_assert_num_queries(1):
        assert len(attachments.lines_of([message])[message.id]) == number
    with django_assert_num_queries(1):
        assert attachments.texts_of([message])[message.id].count(TEXT) == number
    with django_assert_num_queries(0):
        assert attachments.lines_of([started.reply]) == {}
