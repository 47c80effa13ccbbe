"""The tree of a conversation: other branches, branching off, deleting with what follows, undo."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat.domain import access, branches, deletions, history
from chat.domain.errors import Refused
from chat.domain.transcript import transcript as transcript_of
from chat.live import announce
from chat.models import Conversation, LanguageModel, Message

from .http import AuthenticatedHttpRequest, signed_in
from .pages import PLAIN, row_number
from .recently_deleted import said_back
from .roles import role_context


@require_POST
@signed_in
def branch(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """Shows another alternative of a message, with what followed it."""
    found = access.conversation_write(request.user, conversation_id)
    message = access.message_in(found, row_number(request.POST.get("message", "")))
    history.show_branch(found, message)
    announce.turns_changed(found.id)
    ctx = {"conversation": found, "transcript": transcript_of(found)}
    ctx |= role_context(request.user, found)
    return render(request, "chat/_transcript.html", ctx)


@require_GET
@signed_in
def message_menu(
    request: AuthenticatedHttpRequest, conversation_id: UUID, message_id: int
) -> HttpResponse:
    """What can be done with a message besides what stands below it."""
    found = access.conversation_read(request.user, conversation_id)
    message = access.message_in(found, message_id)
    writes = access.may_write(request.user, found)
    ctx = {
        "conversation": found,
        "message": message,
        "models": _models(request, message) if writes and message.is_reply else (),
        "may_delete": writes and deletions.may_begin_at(request.user, found, message),
    }
    return render(request, "chat/_message_menu.html", ctx)


@dataclass(frozen=True, slots=True)
class OtherModel:
    """`name` says whose it is where two providers have one of the same name."""

    id: int
    name: str


def _models(request: AuthenticatedHttpRequest, message: Message) -> list[OtherModel]:
    """The other models that this person may use."""
    models = LanguageModel.objects.usable_by(request.user).select_related("provider")
    counts = Counter(map(str, models))
    completion = message.completion
    used = completion.language_model_id if completion else None
    return [
        OtherModel(
            model.id, str(model) if counts[str(model)] == 1 else f"{model} ({model.provider})"
        )
        for model in models
        if model.id != used
    ]


@require_POST
@signed_in
def branch_off(
    request: AuthenticatedHttpRequest, conversation_id: UUID, message_id: int
) -> HttpResponse:
    """The address of a new conversation of one's own that begins with the way to this message."""
    found = access.conversation_read(request.user, conversation_id)
    message = access.message_in(found, message_id)
    try:
        mine = branches.branch(request.user, found, message)
    except Refused as refused:
        return _toast(request, found, problem=refused)
    announce.conversations_changed(request.user.id)
    address = reverse("conversation", args=[mine.id])
    return HttpResponse(address, content_type=PLAIN)


@require_POST
@signed_in
def delete_message(
    request: AuthenticatedHttpRequest, conversation_id: UUID, message_id: int
) -> HttpResponse:
    found = access.conversation_write(request.user, conversation_id)
    message = access.message_in(found, message_id)
    try:
        deletion = deletions.delete(request.user, found, message)
    except Refused as refused:
        return _toast(request, found, problem=refused)
    announce.turns_changed(found.id)
    return _toast(request, found, deletion=deletion.id)


@require_http_methods(["GET", "POST"])
@signed_in
def undo(
    request: AuthenticatedHttpRequest, conversation_id: UUID, deletion_id: UUID
) -> HttpResponse:
    """A page with one button for who kept the address; the toast posts to it."""
    found = access.conversation_write(request.user, conversation_id)
    deletion = access.deletion_in(found, deletion_id)
    problem = None
    if request.method == "POST":
        try:
            deletions.undo(request.user, found, deletion.id)
        except Refused as refused:
            problem = refused
        else:
            announce.turns_changed(found.id)
            return HttpResponse() if request.htmx else _brought_back(request, found)
    if request.htmx:
        return _toast(request, found, problem=problem)
    ctx = {"conversation": found, "deletion": deletion, "problem": problem}
    return render(request, "chat/pages/undo.html", ctx)


def _brought_back(request: AuthenticatedHttpRequest, found: Conversation) -> HttpResponse:
    """To the conversation, or back to the list of what was deleted."""
    if "back" not in request.POST:
        return redirect("conversation", found.id)
    said_back(request, found)
    return redirect("recently_deleted")


def _toast(
    request: AuthenticatedHttpRequest,
    conversation: Conversation,
    *,
    deletion: UUID | None = None,
    problem: Refused | None = None,
) -> HttpResponse:
    ctx = {"conversation": conversation, "deletion": deletion, "problem": problem}
    return render(request, "chat/_toast.html", ctx)
