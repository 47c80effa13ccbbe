"""Making, naming and removing folders."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from chat.domain import access, folders
from chat.domain.folders import FolderRefused
from chat.forms.filing import FolderForm
from chat.live import announce

from .dialogs import dialog, done
from .http import AuthenticatedHttpRequest, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def new_folder(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = FolderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            folders.create(request.user, form.cleaned_data["name"])
        except FolderRefused as refused:
            form.add_error("name", str(refused.words))
        else:
            return _changed(request)
    return dialog(request, "new_folder", {"form": form})


@require_http_methods(["GET", "POST"])
@signed_in
def rename_folder(request: AuthenticatedHttpRequest, folder_id: int) -> HttpResponse:
    folder = access.folder_own(request.user, folder_id)
    form = FolderForm(request.POST or None, initial={"name": folder.name})
    if request.method == "POST" and form.is_valid():
        try:
            folders.rename(folder, form.cleaned_data["name"])
        except FolderRefused as refused:
            form.add_error("name", str(refused.words))
        else:
            return _changed(request)
    return dialog(request, "rename_folder", {"folder": folder, "form": form})


@require_http_methods(["GET", "POST"])
@signed_in
def delete_folder(request: AuthenticatedHttpRequest, folder_id: int) -> HttpResponse:
    folder = access.folder_own(request.user, folder_id)
    if request.method == "POST":
        shared = folder.shares.exists()
        inside = folders.delete(folder)
        if shared:
            announce.shares_changed(inside, None)
        return _changed(request)
    ctx = {
        "folder": folder,
        "count": folder.conversations.count(),
        "shared": folder.shares.exists(),
    }
    return dialog(request, "delete_folder", ctx)


@require_GET
@signed_in
def folder_menu(request: AuthenticatedHttpRequest, folder_id: int) -> HttpResponse:
    folder = access.folder_read(request.user, folder_id)
    ctx = {"folder": folder, "is_owner": folder.owner_id == request.user.id}
    return render(request, "chat/_folder_menu.html", ctx)


def _changed(request: AuthenticatedHttpRequest) -> HttpResponse:
    announce.conversations_changed(request.user.id)
    return done(request, "/")
