"""The files with conversations in an upload: itself, or those in a zip, which may be hostile."""

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from .words import BadFile, too_much

ZIP = b"PK\x03\x04"
# What Python's reader raises at the worst files; NotImplementedError is a RuntimeError.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, UnicodeDecodeError, struct.error)
# Others could ask for gigabytes of memory before the first byte comes out.
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
MOST_FILES = 50_000
# A table of contents with so many files; nothing else is read in such pieces.
MOST_AT_ONCE = MOST_FILES * 256
# Text packs to a tenth, seldom to a fiftieth: what packs much better is made to burst.
MOST_RATIO, FROM_BYTES = 200, 1_000_000
# Of unpacked bytes, by those that an upload may have.
MOST_UNPACKED = 10
THE_FILE = re.compile(r"(^|/)conversations(-\d+)?\.json$")
ONE_EACH = re.compile(r"(^|/)conversations/[^/]+\.json$")


@dataclass(frozen=True, slots=True)
class Source:
    """A file of JSON; `name` is empty when it is the upload itself. `size` in bytes."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@contextmanager
def sources(upload: IO[bytes], size: int) -> Iterator[list[Source]]:
    """They can be read as long as the block runs. Raises BadFile, then and while reading."""
    start = upload.read(len(ZIP))
    upload.seek(0)
    if start != ZIP:
        yield [Source("", size, lambda: upload)]
        return
    try:
        with zipfile.ZipFile(_Careful(upload)) as archive:
            yield [_source(archive, info) for info in _chosen(archive)]
    except BROKEN:
        raise _damaged() from None


def _damaged() -> BadFile:
    return BadFile(_("The zip file is damaged, or packed in a way that is not known."))


class _Careful:
    """Python's reader takes the whole table of contents at once, and makes an object of each entry
    before anybody can count them: a small file could fill the memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.tell, self.seekable = file.tell, file.seekable

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """A damaged table of contents tells places before the beginning."""
        if whence == os.SEEK_SET and offset < 0:
            raise zipfile.BadZipFile
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size if 0 <= size <= MOST_AT_ONCE else MOST_AT_ONCE + 1)
        if len(data) > MOST_AT_ONCE:
            raise too_much(_("more than {most} files").format(most=MOST_FILES))
        return data


def _source(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Source:
    return Source(info.filename, info.file_size, lambda: _opened(archive, info))


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """Python's reader stops at the size that the zip tells, which was checked."""
    return archive.open(info)


def _chosen(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise too_much(_("more than {most} files").format(most=MOST_FILES))
    chosen = _with_conversations(infos)
    if any(info.flag_bits & 1 for info in chosen):
        raise BadFile(_("The zip file is locked with a password. Unpack it first."))
    if any(info.compress_type not in PACKINGS for info in chosen):
        raise _damaged()
    if sum(info.file_size for info in chosen) > settings.MAX_IMPORT_BYTES * MOST_UNPACKED:
        raise too_much(_("unpacked, it is larger than may be imported at once"))
    if any(_bursts(info) for info in chosen):
        raise too_much(_("a file in the zip grows too much when it is unpacked"))
    return chosen


def _with_conversations(infos: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    for pattern in (THE_FILE, ONE_EACH):
        found = [info for info in infos if pattern.search(info.filename)]
        if found:
            return sorted(found, key=lambda info: info.filename)
    others = [info for info in infos if info.filename.endswith(".json")]
    if len(others) != 1:
        raise BadFile(_("There is no conversations.json in the zip file."))
    return others


def _bursts(info: zipfile.ZipInfo) -> bool:
    packed = max(info.compress_size, 1)
    return info.file_size > FROM_BYTES and info.file_size / packed > MOST_RATIO
