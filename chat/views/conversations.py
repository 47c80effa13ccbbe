"""The sidebar's list, and renaming and deleting from it or from the head of the page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from chat.domain import access, history
from chat.forms.conversations import RenameForm
from chat.live import announce
from chat.models import Conversation

from .contexts import conversation_id_or_none
from .http import AuthenticatedHttpRequest, signed_in
from .sidebar import PAGE, sidebar_for


@require_GET
@signed_in
def conversations(request: AuthenticatedHttpRequest) -> HttpResponse:
    shown = request.GET.get("shown", "")
    count = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 6 else PAGE
    ctx = {
        "sidebar": sidebar_for(request.user, request.GET.get("after", ""), count),
        "current": conversation_id_or_none(request.GET.get("current", "")),
    }
    return render(request, "chat/_conversations.html", ctx)


@require_http_methods(["GET", "POST"])
@signed_in
def rename(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = access.conversation_own(request.user, conversation_id)
    form = RenameForm(request.POST or None, initial={"title": conversation.title})
    if request.method == "POST" and form.is_valid():
        history.rename(conversation, form.cleaned_data["title"])
        announce.renamed(conversation)
        return _done(request, f"/c/{conversation.id}/")
    return _dialog(request, "rename", conversation, {"form": form})


@require_http_methods(["GET", "POST"])
@signed_in
def delete(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = access.conversation_own(request.user, conversation_id)
    if request.method == "POST":
        owner_id = conversation.owner_id
        history.delete(conversation)
        announce.deleted(conversation_id, owner_id)
        return _done(request, "/")
    return _dialog(request, "delete", conversation, {})


def _dialog(
    request: AuthenticatedHttpRequest,
    name: str,
    conversation: Conversation,
    ctx: dict[str, object],
) -> HttpResponse:
    """Inside the page's dialog; as a page of its own where no module runs."""
    folder = "dialogs" if request.htmx else "pages"
    ctx |= {"conversation": conversation}
    return render(request, f"chat/{folder}/{name}.html", ctx)


def _done(request: AuthenticatedHttpRequest, address: str) -> HttpResponse:
    """The open pages hear of the change over their sockets."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "dialog-done"})
    return redirect(address)
