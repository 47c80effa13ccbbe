"""Tickets for large requests: the server's front door lets nobody else send so much.

The door stands before the sign-in, where no database can be asked: a signature is enough there.
"""

from django.conf import settings
from django.core import signing

from chat.models import User

ADDRESS = "/attachments/"
HEADER = "X-Upload-Ticket"
SECONDS = 600
SALT = "chat.upload"


def ticket_for(user: User) -> str:
    return signing.TimestampSigner(salt=SALT).sign(str(user.pk))


def opens(ticket: str) -> bool:
    try:
        signing.TimestampSigner(salt=SALT).unsign(ticket, max_age=SECONDS)
    except signing.BadSignature:
        return False
    return True


def most_bytes(path: str, ticket: str) -> int:
    """How large the body of a request may be."""
    usual: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if path.partition("?")[0] != ADDRESS or not opens(ticket):
        return usual
    return max(usual, settings.MAX_ATTACHMENT_BYTES)
