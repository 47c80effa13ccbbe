"""The seals of attached files, of which there can be many, and large ones: never all at once."""

import re
from collections import Counter
from collections.abc import Iterator

from django.db.models import BinaryField
from django.db.models.functions import Substr

from chat import crypto
from chat.models import Attachment

# {"v":1,"kid":"0123abcd", and so on for megabytes.
HEAD = 40
KID = re.compile(rb'"kid":"([0-9a-f]{8})"')


def kids() -> Counter[str]:
    """How many files each encryption key seals; reads the beginnings of the seals only."""
    rows = Attachment.objects.annotate(head=Substr("sealed", 1, HEAD, output_field=BinaryField()))
    heads = rows.order_by().values_list("head", flat=True).iterator()
    return Counter(kid for head in heads if (kid := _kid(bytes(head))))


def closed() -> Counter[str | None]:
    """How many files do not open, by the encryption key that they need. Opens every file."""
    return Counter(_kid(bytes(row.sealed)) for row in _each() if not _opens(row))


def reseal_outdated(newest: str) -> int:
    """Seals anew what another encryption key than the newest has sealed, one file at a time."""
    done = 0
    for row in _each():
        if _kid(bytes(row.sealed)) != newest and _opens(row):
            row.reseal()
            done += 1
    return done


def has_outdated(newest: str) -> bool:
    return any(kid != newest for kid in kids())


def _each() -> Iterator[Attachment]:
    """Ids first: a database does not like to be written to while a cursor is open."""
    for attachment_id in list(Attachment.objects.values_list("id", flat=True)):
        row = Attachment.objects.defer("text").filter(id=attachment_id).first()
        if row is not None:
            yield row


def _kid(head: bytes) -> str | None:
    found = KID.search(head[:HEAD])
    return found.group(1).decode() if found else None


def _opens(row: Attachment) -> bool:
    try:
        row.reveal()
    except crypto.SealError:
        return False
    return True
