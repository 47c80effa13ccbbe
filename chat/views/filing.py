"""Putting conversations away: the menu of one, and what is done to many that are selected."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat.domain import access, filing, folders, holders, listings, recently_deleted
from chat.domain.errors import Refused
from chat.domain.filing import Action
from chat.domain.listings import OwnFolder
from chat.forms.filing import MoveForm, SharedWith
from chat.live import announce
from chat.models import Conversation, Folder

from .contexts import conversation_id_or_none
from .dialogs import dialog, done
from .http import AuthenticatedHttpRequest, signed_in

MOST_AT_ONCE = 500


@require_GET
@signed_in
def entry_menu(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """What can be done from the sidebar: nearly everything is for the owner alone."""
    found = access.conversation_read(request.user, conversation_id)
    ctx = {
        "conversation": found,
        "is_owner": found.owner_id == request.user.id,
        "can_write": access.may_write(request.user, found),
    }
    return render(request, "chat/_entry_menu.html", ctx)


@require_POST
@signed_in
def file(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """Pins, archives, and back."""
    conversation = access.conversation_own(request.user, conversation_id)
    filing.file([conversation], _action(request))
    announce.conversations_changed(request.user.id)
    return done(request, "/")


@require_http_methods(["GET", "POST"])
@signed_in
def move(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = access.conversation_own(request.user, conversation_id)
    known = listings.folders(request.user)
    form = _move_form(request, known, conversation.folder_id)
    if form.is_bound and _moved(request, form, [conversation], known):
        return done(request, f"/c/{conversation_id}/")
    shared = {own.folder.id for own in known if own.shared}
    ctx = {"conversation": conversation, "form": form, "shared": shared}
    return dialog(request, "move", ctx)


@require_POST
@signed_in
def selected(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What is done to all of these; those of other people are left out.

    Deleting and moving ask first: the answer is a dialog then.
    """
    chosen = access.conversations_own(request.user, ids_of(request.POST.get("ids", "")))
    action = request.POST.get("action", "")
    if action == "delete":
        return _delete_selected(request, chosen)
    if action == "move":
        return _move_selected(request, chosen)
    filing.file(chosen, _action(request))
    announce.conversations_changed(request.user.id)
    return done(request, "/")


def _delete_selected(
    request: AuthenticatedHttpRequest, chosen: Sequence[Conversation]
) -> HttpResponse:
    if "confirmed" not in request.POST:
        return dialog(request, "delete_selected", _of(chosen))
    removed = recently_deleted.discard(chosen)
    for conversation_id in removed.ids:
        announce.deleted(conversation_id, request.user.id)
    if not removed.held:
        return done(request, "/")
    answer = dialog(request, "some_kept", {"deleted": len(removed.ids), "held": removed.held})
    answer.headers["HX-Trigger"] = "filed"
    return answer


def _move_selected(
    request: AuthenticatedHttpRequest, chosen: Sequence[Conversation]
) -> HttpResponse:
    known = listings.folders(request.user)
    form = _move_form(request, known)
    if form.is_bound and _moved(request, form, chosen, known):
        return done(request, "/")
    return dialog(request, "move_selected", _of(chosen) | {"form": form})


def _of(chosen: Sequence[Conversation]) -> dict[str, object]:
    return {"count": len(chosen), "ids": ",".join(str(one.id) for one in chosen)}


def _move_form(
    request: AuthenticatedHttpRequest, known: Iterable[OwnFolder], folder_id: int | None = None
) -> MoveForm:
    choices = [(own.folder.id, own.folder.name, own.shared) for own in known]
    answered = request.POST if "folder" in request.POST else None
    return MoveForm(choices, answered, initial={"folder": folder_id or ""})


def _moved(
    request: AuthenticatedHttpRequest,
    form: MoveForm,
    chosen: Sequence[Conversation],
    known: Iterable[OwnFolder],
) -> bool:
    """Whether the form was in order. Sees to it that those a shared folder shows learn of it."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            folder = _folder(request, form)
            if folder is not None and not _is_aware(request, form, chosen, folder):
                return False
            filing.move(chosen, folder)
    except Refused as refused:
        form.add_error("name", str(refused.words))
        return False
    shared = {own.folder.id for own in known if own.shared}
    if shared & {folder and folder.id, *(one.folder_id for one in chosen)}:
        announce.shares_changed([one.id for one in chosen], None)
    announce.conversations_changed(request.user.id)
    return True


def _is_aware(
    request: AuthenticatedHttpRequest,
    form: MoveForm,
    chosen: Sequence[Conversation],
    folder: Folder,
) -> bool:
    """Whoever puts something into a shared folder is told first who will see it."""
    names = holders.names_of(folder)
    comes = any(one.folder_id != folder.id for one in chosen)
    if not names or not comes or request.POST.get("aware") == str(folder.id):
        return True
    form.shared_with = SharedWith(folder, names)
    return False


def _folder(request: AuthenticatedHttpRequest, form: MoveForm) -> Folder | None:
    """A new name counts more than a chosen folder. Raises Refused and NotFound."""
    name, folder_id = form.cleaned_data["name"], form.cleaned_data["folder"]
    if name:
        return folders.find_or_create(request.user, name)
    return access.folder_own(request.user, folder_id) if folder_id else None


def _action(request: AuthenticatedHttpRequest) -> Action:
    try:
        return Action(request.POST.get("action", ""))
    except ValueError:
        raise Http404 from None


def ids_of(text: str) -> list[UUID]:
    """Raises Http404 for more than can be done at once."""
    found = [number for number in map(conversation_id_or_none, text.split(",")) if number]
    if len(found) > MOST_AT_ONCE:
        raise Http404
    return found
