"""Text comes out of files as they are; hostile ones give a reason, in bounded time and memory."""

import threading
import time
from dataclasses import replace

import pytest

from chat.extraction import Extracted, Extractor, Limits, Problem, Unreadable, kind_of
from tests.extraction import files
from tests.patience import PATIENCE

LIMITS = Limits()


def extract(kind: str, data: bytes, limits: Limits = LIMITS) -> Extracted:
    return Extractor().extract(kind, data, limits)


def problem_with(kind: str, data: bytes, limits: Limits = LIMITS) -> Problem:
    with pytest.raises(Unreadable) as caught:
        extract(kind, data, limits)
    return caught.value.problem


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Notes.TXT", "txt"),
        ("a.b.md", "md"),
        ("a.markdown", "md"),
        ("table.csv", "csv"),
        ("x.pdf", "pdf"),
        ("x.docx", "docx"),
        ("x.doc", None),
        ("pdf", None),
        ("x.exe", None),
        ("x.pdf.exe", None),
        ("", None),
    ],
)
def test_the_ending_says_the_kind(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_text_is_read_in_the_encoding_that_it_was_saved_in(encoding: str) -> None:
    text = "Grüße aus Zürich\r\nCafé à la carte\r\n"
    assert extract("txt", text.encode(encoding)).text == "Grüße aus Zürich\nCafé à la carte"


def test_pages_of_a_pdf_follow_each_other() -> None:
    assert extract("pdf", files.pdf("First page", "Second page")) == Extracted(
        "First page\n\nSecond page", cut=False, pages=2
    )


def test_letters_that_a_pdf_draws_as_one_are_words_again() -> None:
    drawn = r"The \256nal \257oor"
    assert extract("pdf", files.pdf(drawn)).text == "The final floor"


def test_a_pdf_that_is_only_locked_against_printing_opens() -> None:
    assert extract("pdf", files.locked_pdf("Read me", "")).text == "Read me"


def test_paragraphs_lists_tables_and_notes_of_word() -> None:
    cell = f"<w:tc>{files.paragraph('one')}</w:tc><w:tc>{files.paragraph('two')}</w:tc>"
    body = (
        files.paragraph("Title &amp; more")
        + files.paragraph("item", "<w:pPr><w:numPr/></w:pPr>")
        + f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"
        + "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>a</w:t><w:tab/>"
        "<w:t>b</w:t></w:r></w:p>"
    )
    notes = f'<w:footnotes xmlns:w="{files.WORD}">{files.paragraph("a note")}</w:footnotes>'
    read = extract("docx", files.docx(body, **{"word/footnotes.xml": notes}))
    assert read.text == "Title & more\n- item\none  | two\na\tb\na note"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("txt", ("word " * 100).encode()),
        ("pdf", files.pdf(*["word " * 10] * 10)),
        ("docx", files.docx(files.paragraph("word " * 100))),
    ],
)
def test_more_text_than_is_allowed_is_cut_and_said_to_be(kind: str, data: bytes) -> None:
    read = extract(kind, data, replace(LIMITS, characters=50))
    assert (len(read.text) <= 50, read.cut) == (True, True)
    assert read.text.startswith("word word")


@pytest.mark.parametrize(
    ("kind", "data", "problem"),
    [
        ("txt", bytes(range(256)) * 10, Problem.BINARY),
        ("txt", b"\x00" * 5000, Problem.BINARY),
        ("md", files.pdf("x"), Problem.BINARY),
        ("csv", files.docx("x"), Problem.BINARY),
        ("txt", b" \n\t ", Problem.NO_TEXT),
        ("txt", b"", Problem.NO_TEXT),
        ("pdf", b"Just a text.", Problem.WRONG_KIND),
        ("pdf", files.docx("x"), Problem.WRONG_KIND),
        ("pdf", b"%PDF-1.7\n" + b"garbage " * 100, Problem.BROKEN),
        ("pdf", files.pdf("x")[:200], Problem.BROKEN),
        ("pdf", files.pdf(""), Problem.NO_TEXT),
        ("pdf", files.locked_pdf("secret", "hunter2"), Problem.ENCRYPTED),
        ("docx", b"Just a text.", Problem.WRONG_KIND),
        ("docx", files.archive({"other.xml": "<a/>"}), Problem.WRONG_KIND),
        ("docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, Problem.ENCRYPTED),
        ("docx", files.docx("x")[:120], Problem.BROKEN),
        ("docx", files.docx("<w:p>"), Problem.BROKEN),
        ("docx", files.docx("", files.ENTITY_BOMB), Problem.BROKEN),
        ("docx", files.docx("<w:p/>", files.FOREIGN_ENTITY), Problem.BROKEN),
        ("docx", files.docx("<w:p>" * 5000 + "</w:p>" * 5000), Problem.TOO_COMPLEX),
    ],
)
def test_what_cannot_be_read_gives_its_reason(kind: str, data: bytes, problem: Problem) -> None:
    assert problem_with(kind, data) == problem


def test_bombs_end_within_their_limits() -> None:
    begun = time.monotonic()
    limits = replace(LIMITS, cpu_seconds=2, seconds=8.0)
    refused = {Problem.TOO_COMPLEX, Problem.BROKEN, Problem.NO_TEXT}
    assert problem_with("docx", files.zip_bomb(), limits) in refused
    assert problem_with("pdf", files.pdf_bomb(), limits) in refused
    assert problem_with("pdf", files.pdf_loop(), limits) in refused
    assert time.monotonic() - begun < 3 * (limits.seconds + PATIENCE)


def test_a_file_with_too_many_pages_is_refused_with_their_number() -> None:
    with pytest.raises(Unreadable) as caught:
        extract("pdf", files.pdf(*["x"] * 4), replace(LIMITS, pages=3))
    assert (caught.value.problem, caught.value.pages) == (Problem.TOO_MANY_PAGES, 4)


def test_a_child_that_takes_too_long_or_too_much_is_ended() -> None:
    slow = replace(LIMITS, seconds=0.01)
    assert problem_with("txt", b"Hello", slow) == Problem.TOO_COMPLEX
    small = replace(LIMITS, memory_bytes=16 * 1024 * 1024)
    assert problem_with("txt", b"x" * 9_000_000, small) == Problem.TOO_COMPLEX


def test_only_so_many_are_read_at_once_and_who_waits_too_long_is_told() -> None:
    extractor = Extractor(at_once=1, patience=0.05)
    reading = threading.Thread(
        target=extractor.extract, args=("pdf", files.pdf(*["x" * 500] * 200), LIMITS)
    )
    reading.start()
    time.sleep(0.1)
    with pytest.raises(Unreadable) as caught:
        extractor.extract("txt", b"Hello", LIMITS)
    reading.join()
    assert caught.value.problem == Problem.BUSY
    assert extractor.extract("txt", b"Hello", LIMITS) == Extracted("Hello")
