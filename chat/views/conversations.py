"""The sidebar's lists, and renaming and deleting from them or from the head of the page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from chat.domain import access, history, holds, recently_deleted
from chat.forms.conversations import RenameForm
from chat.live import announce

from .contexts import conversation_id_or_none, page_context
from .dialogs import dialog, done
from .http import AuthenticatedHttpRequest, signed_in
from .sidebar import OPEN_COOKIE, listing, shared_with, sidebar_for


@require_GET
@signed_in
def conversations(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All lists of the sidebar, each as long as it was."""
    opened = request.COOKIES.get(OPEN_COOKIE, "")
    sidebar = sidebar_for(request.user, opened, request.GET.dict())
    return render(request, "chat/_conversations.html", _current(request) | {"sidebar": sidebar})


@require_GET
@signed_in
def conversation_list(request: AuthenticatedHttpRequest, name: str) -> HttpResponse:
    """One list: what is in a folder when it is opened, or older ones."""
    after = request.GET.get("after", "")
    ctx = _current(request)
    if name == "shared" and not after:
        opened = request.COOKIES.get(OPEN_COOKIE, "").split(".")
        ctx["shared"] = shared_with(request.user, opened, {})
        return render(request, "chat/_shared_with_me.html", ctx)
    ctx["listing"] = listing(request.user, name, after=after)
    return render(request, "chat/_entries.html", ctx)


@require_GET
@signed_in
def archived(request: AuthenticatedHttpRequest) -> HttpResponse:
    """In the place of the other lists; as a page of its own with an empty conversation."""
    ctx = {"archive": listing(request.user, "archived", request.GET.dict())}
    if request.htmx:
        return render(request, "chat/_archived.html", _current(request) | ctx)
    return render(request, "chat/conversation.html", page_context(request.user) | ctx)


@require_http_methods(["GET", "POST"])
@signed_in
def rename(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = access.conversation_own(request.user, conversation_id)
    form = RenameForm(request.POST or None, initial={"title": conversation.title})
    if request.method == "POST" and form.is_valid():
        history.rename(conversation, form.cleaned_data["title"])
        announce.renamed(conversation)
        return done(request, f"/c/{conversation.id}/")
    return dialog(request, "rename", {"conversation": conversation, "form": form})


@require_http_methods(["GET", "POST"])
@signed_in
def delete(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = access.conversation_own(request.user, conversation_id)
    if request.method == "POST" and recently_deleted.discard([conversation]).ids:
        announce.deleted(conversation_id, conversation.owner_id)
        return done(request, "/")
    ctx = {"conversation": conversation, "held": holds.is_held(conversation)}
    return dialog(request, "delete", ctx)


def _current(request: AuthenticatedHttpRequest) -> dict[str, object]:
    return {"current": conversation_id_or_none(request.GET.get("current", ""))}
