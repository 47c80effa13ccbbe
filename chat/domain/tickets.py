"""Tickets for large requests: the server's front door lets nobody else send so much.

The door stands before the sign-in, where no database can be asked: a signature is enough there.
"""

from urllib.parse import parse_qs

from django.conf import settings
from django.core import signing

from chat.models import User

ADDRESS = "/attachments/"
# A form without a module sends its ticket in the address; the page may stand open for a while.
IMPORT_ADDRESS, IMPORT_SECONDS = "/transfers/import/", 86_400
HEADER = "X-Upload-Ticket"
SECONDS = 600
SALT = "chat.upload"
# What a form needs around its file.
FORM_BYTES = 100_000


def ticket_for(user: User) -> str:
    return signing.TimestampSigner(salt=SALT).sign(str(user.pk))


def opens(ticket: str, seconds: int = SECONDS) -> bool:
    try:
        signing.TimestampSigner(salt=SALT).unsign(ticket, max_age=seconds)
    except signing.BadSignature:
        return False
    return True


def most_bytes(path: str, ticket: str) -> int:
    """How large the body of a request may be; `path` with what follows its question mark."""
    usual: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    address, _mark, query = path.partition("?")
    if address == ADDRESS and opens(ticket):
        return max(usual, settings.MAX_ATTACHMENT_BYTES)
    if address == IMPORT_ADDRESS and opens(_in_query(query), IMPORT_SECONDS):
        return max(usual, settings.MAX_IMPORT_BYTES + FORM_BYTES)
    return usual


def _in_query(query: str) -> str:
    try:
        return parse_qs(query, max_num_fields=5).get("ticket", [""])[0]
    except ValueError:
        return ""
