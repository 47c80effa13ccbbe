"""The dialog in which an owner shares a conversation or a folder, and copies for who reads."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat.domain import access, copying, directory, holders, limits, sharing
from chat.forms.sharing import GrantForm, TermsForm
from chat.live import announce
from chat.models import Folder, Share
from chat.models.share import Role

from .dialogs import dialog
from .dialogs import done as dialog_done
from .http import AuthenticatedHttpRequest, signed_in
from .roles import role_context
from .share_dialog import Thing, done, render_dialog

LOOKUPS_PER_MINUTE = 60
EVERYONE = "everyone"


@require_http_methods(["GET", "POST"])
@signed_in
def share(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """Editors see who has access; only the owner changes it."""
    if request.method == "POST":
        return _grant(request, access.conversation_own(request.user, conversation_id))
    return render_dialog(request, access.conversation_write(request.user, conversation_id))


@require_http_methods(["GET", "POST"])
@signed_in
def share_folder(request: AuthenticatedHttpRequest, folder_id: int) -> HttpResponse:
    folder = access.folder_own(request.user, folder_id)
    if request.method == "POST":
        return _grant(request, folder)
    return render_dialog(request, folder)


@require_GET
@signed_in
def share_hits(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Whom the letters typed so far find, as buttons of the dialog's form."""
    return render(request, "chat/dialogs/_share_hits.html", _hits(request, request.GET.get("q")))


@require_POST
@signed_in
def change_share(request: AuthenticatedHttpRequest, share_id: int) -> HttpResponse:
    found = access.share_own(request.user, share_id)
    thing = _thing(found)
    form = TermsForm(request.POST)
    if not form.is_valid():
        said = _("Nothing was changed. Choose an access and a day.")
        return render_dialog(request, thing, problem=said)
    try:
        change = sharing.change(request.user, found, *_terms(form))
    except sharing.SharingRefused as refused:
        return render_dialog(request, thing, problem=str(refused.words))
    return done(request, thing, change, _("The change holds from now on."))


@require_POST
@signed_in
def revoke_share(request: AuthenticatedHttpRequest, share_id: int) -> HttpResponse:
    found = access.share_own(request.user, share_id)
    thing = _thing(found)
    change = sharing.revoke(request.user, found)
    return done(request, thing, change, _("The access has ended."))


@require_POST
@signed_in
def copy(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    original = access.conversation_read(request.user, conversation_id)
    mine = copying.copy(request.user, original)
    announce.conversations_changed(request.user.id)
    return redirect("conversation", mine.id)


@require_http_methods(["GET", "POST"])
@signed_in
def leave(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """Whoever something was shared with removes it from the own list."""
    return _leave(request, access.conversation_read(request.user, conversation_id))


@require_http_methods(["GET", "POST"])
@signed_in
def leave_folder(request: AuthenticatedHttpRequest, folder_id: int) -> HttpResponse:
    return _leave(request, access.folder_read(request.user, folder_id))


def _leave(request: AuthenticatedHttpRequest, thing: Thing) -> HttpResponse:
    """Where it would stay for another reason, the dialog says which."""
    if thing.owner_id == request.user.id:
        raise access.NotFound
    ways = holders.ways_to(request.user, thing)
    if request.method == "POST" and ways.may_leave:
        change = sharing.leave(request.user, thing)
        announce.shares_changed(change.conversations, change.users)
        announce.notices_changed([thing.owner_id])
        return dialog_done(request, "/")
    ctx = {
        "thing": thing,
        "conversation": None if isinstance(thing, Folder) else thing,
        "ways": ways,
        "address": request.path,
    }
    return dialog(request, "leave", ctx)


@require_GET
@signed_in
def audience(request: AuthenticatedHttpRequest, conversation_id: UUID) -> HttpResponse:
    """The small line beside the title, after somebody has shared or revoked."""
    conversation = access.conversation_read(request.user, conversation_id)
    ctx = {"conversation": conversation, **role_context(request.user, conversation)}
    return render(request, "chat/_audience.html", ctx)


def _grant(request: AuthenticatedHttpRequest, thing: Thing) -> HttpResponse:
    form = GrantForm(request.POST)
    if not form.is_valid():
        return render_dialog(request, thing, form=form, **_hits(request, request.POST.get("q")))
    party = _party(request, form.cleaned_data)
    if party is None:
        return render_dialog(request, thing, form=form, **_hits(request, form.cleaned_data["q"]))
    try:
        change = sharing.grant(request.user, thing, party, *_terms(form))
    except sharing.SharingRefused as refused:
        form.add_error(None, str(refused.words))
        return render_dialog(request, thing, form=form, **_hits(request, form.cleaned_data["q"]))
    return done(request, thing, change, _said(party))


def _party(request: AuthenticatedHttpRequest, data: dict[str, Any]) -> sharing.Party | None:
    """Whoever's button was pressed, or else has exactly the address that was typed."""
    kind, _separator, which = data["to"].partition(":")
    if kind == EVERYONE:
        return sharing.Party()
    if not _may_look_up(request):
        return None
    if kind == "team":
        group = directory.team(which)
        return sharing.Party(group=group) if group else None
    user = directory.by_email(data["to"] or data["q"])
    return sharing.Party(user=user) if user else None


def _hits(request: AuthenticatedHttpRequest, text: str | None) -> dict[str, Any]:
    """`asked`: something was typed, so finding nothing is worth a sentence."""
    text = (text or "").strip()[:200]
    enough = len(text) >= directory.LEAST_CHARACTERS
    if enough and not _may_look_up(request):
        return {"hits": None, "too_often": True}
    return {"hits": directory.find(request.user, text), "asked": enough}


def _may_look_up(request: AuthenticatedHttpRequest) -> bool:
    return limits.within("directory", request.user.id, LOOKUPS_PER_MINUTE, 60)


def _terms(form: TermsForm) -> tuple[Role, Any]:
    return Role(form.cleaned_data["role"]), form.cleaned_data["expires_at"]


def _thing(share: Share) -> Thing:
    thing = share.conversation or share.folder
    assert thing is not None, "a constraint of the database"
    return thing


def _said(party: sharing.Party) -> str:
    if party.user is not None:
        return _("{name} has access now.").format(name=party.user.get_full_name())
    if party.group is not None:
        return _("The team {name} has access now.").format(name=party.group.name)
    return _("Everyone who is signed in has access now.")
