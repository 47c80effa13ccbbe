"""The conversation page, and the parts of its transcript that are fetched alone."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat.domain import access, history
from chat.domain.around import Around, after, around
from chat.domain.transcript import transcript as transcript_of
from chat.models import Conversation

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
    """`message` in the address: the part around that message, on its branch, for this view only."""
    found = access.conversation_read(request.user, conversation_id)
    part = _part_around(found, request.GET.get("message", ""))
    ctx = page_context(
        request.user,
        found,
        part.transcript if part else transcript_of(found),
        opened=request.COOKIES.get(OPEN_COOKIE, ""),
    )
    ctx["around"] = part
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
    """Older turns than the message `before`, or those `after` one on the way to a `leaf`."""
    found = access.conversation_read(request.user, conversation_id)
    if "after" in request.GET:
        return _later(request, found)
    older = transcript_of(found, before=row_number(request.GET.get("before", "")))
    ctx = {"conversation": found, "transcript": older, **role_context(request.user, found)}
    return render(request, "chat/_transcript.html", ctx)


def _later(request: AuthenticatedHttpRequest, conversation: Conversation) -> HttpResponse:
    message = access.message_in(conversation, row_number(request.GET["after"]))
    leaf = access.message_in(conversation, row_number(request.GET.get("leaf", "")))
    part = after(conversation, message, leaf)
    if part is None:
        raise Http404
    ctx = {"conversation": conversation, "transcript": part.transcript, "around": part}
    ctx |= role_context(request.user, conversation)
    return render(request, "chat/_transcript.html", ctx)


def _part_around(conversation: Conversation, number: str) -> Around | None:
    """None for a message that is gone, or never was: then the page is as always."""
    if not number:
        return None
    try:
        return around(conversation, access.message_in(conversation, row_number(number)))
    except Http404:
        return None


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
