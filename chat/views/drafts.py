"""Drafts: what is typed and not sent yet, saved while it is typed."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from chat.domain import access, drafts
from chat.domain.drafts import DraftTooLong, NewerDraft, Saved
from chat.models import Conversation

from .http import AuthenticatedHttpRequest, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def draft(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """Only who may write in a conversation has a draft there."""
    found = access.conversation_write(request.user, conversation_id)
    return _save(request, found) if request.method == "POST" else _read(request, found)


@require_http_methods(["GET", "POST"])
@signed_in
def new_draft(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Of the page on which a conversation begins."""
    return _save(request, None) if request.method == "POST" else _read(request, None)


def _read(request: AuthenticatedHttpRequest, conversation: Conversation | None) -> HttpResponse:
    return _json(drafts.read(request.user, conversation))


def _save(request: AuthenticatedHttpRequest, conversation: Conversation | None) -> HttpResponse:
    """`kept` is false when there is a newer one, which is given back then. That is no error, and
    browsers would note one in their consoles."""
    text, version = request.POST.get("text", ""), request.POST.get("version", "")
    follows = int(version) if version.isascii() and version.isdigit() and len(version) < 16 else 0
    try:
        return _json(drafts.save(request.user, conversation, text, follows), kept=True)
    except NewerDraft as newer:
        return _json(newer.saved, kept=False)
    except DraftTooLong:
        return HttpResponse(status=413)


def _json(saved: Saved, **more: bool) -> JsonResponse:
    return JsonResponse({"text": saved.text, "version": saved.version, **more})
