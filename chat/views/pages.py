"""The conversation page, and the parts of its transcript that are fetched alone."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat.domain import access, history
from chat.domain.transcript import transcript as transcript_of

from .contexts import page_context
from .http import AuthenticatedHttpRequest, signed_in
from .roles import role_context
from .sidebar import OPEN_COOKIE

PLAIN = "text/plain; charset=utf-8"


@require_GET
@signed_in
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The browser makes the id of the conversation that begins here."""
    ctx = page_context(request.user, opened=request.COOKIES.get(OPEN_COOKIE, ""))
    return render(request, "chat/conversation.html", ctx)


@require_GET
@signed_in
def conversation(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    found = access.conversation_read(request.user, conversation_id)
    ctx = page_context(
        request.user,
        found,
        transcript_of(found),
        opened=request.COOKIES.get(OPEN_COOKIE, ""),
    )
    return render(request, "chat/conversation.html", ctx)


@require_GET
@signed_in
def transcript(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """After a gap in the connection, or another branch: the newest turns anew."""
    found = access.conversation_read(request.user, conversation_id)
    ctx = {"conversation": found, "transcript": transcript_of(found)}
    ctx |= role_context(request.user, found)
    return render(request, "chat/_transcript.html", ctx)


@require_GET
@signed_in
def turns(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """Older turns than the message `before`."""
    found = access.conversation_read(request.user, conversation_id)
    older = transcript_of(found, before=row_number(request.GET.get("before", "")))
    ctx = {"conversation": found, "transcript": older, **role_context(request.user, found)}
    return render(request, "chat/_transcript.html", ctx)


@require_GET
@signed_in
def source(
    request: AuthenticatedHttpRequest, conversation_id: UUID, message_id: int
) -> HttpResponse:
    """The text as it was written, markdown and all: for copying and editing."""
    found = access.conversation_read(request.user, conversation_id)
    message = access.message_in(found, message_id)
    history.add_text_so_far([message])
    return HttpResponse(message.content, content_type=PLAIN)


def row_number(text: str) -> int:
    """Raises Http404 for what cannot be the id of a row."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise Http404
