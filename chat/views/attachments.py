"""Files beside a message: uploading, looking at the text, removing, downloading."""

from typing import IO, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import crypto
from chat.domain import access, attachments, limits, tickets
from chat.domain.errors import Refused
from chat.domain.file_words import FileRefused, shown_name, too_large
from chat.models import Conversation

from .contexts import conversation_id_or_none
from .dialogs import dialog
from .http import AuthenticatedHttpRequest, signed_in

# Reading a file costs seconds of a processor.
MOST_IN_A_WHILE, WHILE = 60, 600
SANDBOX = "default-src 'none'; sandbox"


@require_GET
@signed_in
def ticket(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Without it the server's front door refuses large bodies."""
    return HttpResponse(tickets.ticket_for(request.user), content_type="text/plain")


@require_POST
@signed_in
def upload(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The file as it is in the body, its name in the address; answers the file's line.

    400 with a sentence: this file is not taken.
    """
    name = request.GET.get("name", "")
    conversation = _conversation(request)
    try:
        data = _body(request, name)
        line = attachments.take_in(request.user, conversation, name, data)
    except Refused as refused:
        return JsonResponse({"words": str(refused.words)}, status=400)
    return render(request, "chat/_attachment.html", {"file": line})


def _conversation(request: AuthenticatedHttpRequest) -> Conversation | None:
    """None: the page of a new one."""
    wanted = conversation_id_or_none(request.GET.get("conversation", ""))
    return access.conversation_write(request.user, wanted) if wanted else None


def _body(request: AuthenticatedHttpRequest, name: str) -> bytes:
    """`request.body` would hold files to the limit of forms."""
    if not limits.within("upload", request.user.id, MOST_IN_A_WHILE, WHILE):
        raise FileRefused(_("That was a lot of files. Wait a few minutes, then add more."))
    most: int = settings.MAX_ATTACHMENT_BYTES
    data = cast("IO[bytes]", request).read(most + 1)
    if len(data) > most:
        raise too_large(shown_name(name))
    return data


@require_GET
@signed_in
def attachment(request: AuthenticatedHttpRequest, attachment_id: UUID) -> HttpResponse:
    """The text that goes, or went, into the prompt."""
    found = access.attachment_read(request.user, attachment_id)
    return dialog(request, "attachment", {"attachment": found})


@require_http_methods(["POST"])
@signed_in
def remove_attachment(request: AuthenticatedHttpRequest, attachment_id: UUID) -> HttpResponse:
    access.attachment_unsent(request.user, attachment_id).delete()
    return HttpResponse(status=204)


@require_GET
@signed_in
def attachment_file(request: AuthenticatedHttpRequest, attachment_id: UUID) -> HttpResponse:
    """The file as it was uploaded, as a download that no browser opens as a page of ours."""
    found = access.attachment_read(request.user, attachment_id)
    try:
        data = found.reveal()
    except crypto.SealError:
        words = _("This file does not open any more. Tell your administrator.")
        return HttpResponse(words, status=410, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or ""
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
