"""Sealed files in the data directory that can be large, and be read at any place.

A line for each piece, sealed for its transfer and its number; the last one is sealed as the last,
which shows that nothing is missing. All lines but the last have the same length.
"""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from chat import crypto
from chat.models.sealing import key_ring

PIECE = 256 * 1024


def path_of(transfer_id: UUID) -> Path:
    folder: Path = settings.DATA_DIR / "transfers"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / transfer_id.hex


def reserve(transfer_id: UUID) -> None:
    """An empty one shows on which machine it is to be written."""
    path_of(transfer_id).touch(mode=0o600)


def remove(transfer_id: UUID) -> None:
    path_of(transfer_id).unlink(missing_ok=True)
    path_of(transfer_id).with_suffix(".part").unlink(missing_ok=True)


class Writer(io.RawIOBase):
    """Like a file that is written from front to back. It takes its name when it is finished."""

    def __init__(self, transfer_id: UUID) -> None:
        key_ring.cache_clear()
        self._id = transfer_id
        self._ring = key_ring()
        self._part = path_of(transfer_id).with_suffix(".part")
        self._file = self._part.open("wb")
        self._part.chmod(0o600)
        self._held = bytearray()
        self._pieces = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._held += view
        # What may be the last piece waits for its end.
        while len(self._held) > PIECE:
            self._seal(bytes(self._held[:PIECE]))
            del self._held[:PIECE]
        return len(view)

    def finish(self) -> None:
        self._seal(bytes(self._held), last=True)
        self._file.close()
        self._part.replace(path_of(self._id))

    def give_up(self) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _seal(self, piece: bytes, *, last: bool = False) -> None:
        context = _context(self._id, self._pieces, last=last)
        self._file.write(self._ring.seal(piece, context=context) + b"\n")
        self._pieces += 1


class Reader(io.RawIOBase):
    """Raises crypto.SealError where the file is damaged, FileNotFoundError when it is gone."""

    def __init__(self, transfer_id: UUID) -> None:
        self._id = transfer_id
        self._file: IO[bytes] = path_of(transfer_id).open("rb")
        key_ring.cache_clear()
        self._ring = key_ring()
        self._length = len(self._file.readline())
        end = self._file.seek(0, io.SEEK_END)
        if not end:
            raise crypto.SealBroken
        self._last = (end + self._length - 1) // self._length - 1
        self._piece, self._number = b"", -1
        self._place = 0
        self.size = self._last * PIECE + len(self._opened(self._last))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(start + offset, 0)
        return self._place

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._place >= self.size:
            return 0
        number, within = divmod(self._place, PIECE)
        piece = self._opened(number)[within : within + len(view)]
        view[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _opened(self, number: int) -> bytes:
        if number != self._number:
            self._file.seek(number * self._length)
            line = self._file.readline().rstrip(b"\n")
            context = _context(self._id, number, last=number == self._last)
            self._piece = self._ring.open(line, context=context)
            self._number = number
        return self._piece


def pieces(reader: Reader) -> Iterator[bytes]:
    while data := reader.read(PIECE):
        yield data


def write(transfer_id: UUID, data: Iterable[bytes]) -> None:
    """Keeps an upload while it comes."""
    writer = Writer(transfer_id)
    try:
        for piece in data:
            writer.write(piece)
        writer.finish()
    except BaseException:
        writer.give_up()
        raise


def _context(transfer_id: UUID, number: int, *, last: bool) -> dict[str, str]:
    place = f"{number}, the last" if last else str(number)
    return {"table": "transfer", "row": str(transfer_id), "piece": place}
