"""The share dialog as a fragment and as a page of its own, and what follows a change in it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from chat.domain import directory, holders, share_links
from chat.domain.sharing import Change
from chat.forms.sharing import GrantForm, LinkForm
from chat.live import announce
from chat.models import Conversation, Folder, Share

from .dialogs import dialog
from .http import AuthenticatedHttpRequest

Thing = Conversation | Folder


def render_dialog(request: AuthenticatedHttpRequest, thing: Thing, **more: Any) -> HttpResponse:
    """`more` can hold `form`, `hits`, `link_form`, and `said` or `problem`: a sentence."""
    mine = thing.owner_id == request.user.id
    shares = holders.shares_of(thing)
    ctx = {
        "thing": thing,
        "conversation": None if isinstance(thing, Folder) else thing,
        "is_folder": isinstance(thing, Folder),
        "mine": mine,
        "address": address(thing),
        "shares": shares,
        "form": GrantForm(),
        **(_offered(request, shares) if mine else {}),
        **(_links(request, thing) if mine and isinstance(thing, Conversation) else {}),
        **more,
    }
    return dialog(request, "share", ctx)


def done(
    request: AuthenticatedHttpRequest, thing: Thing, change: Change, said: str
) -> HttpResponse:
    """Open pages hear of it at once; the dialog shows what holds now."""
    announce.shares_changed(change.conversations, change.users)
    announce.notices_changed(change.users or ())
    if request.htmx:
        return render_dialog(request, thing, said=said)
    messages.success(request, said)
    return redirect(address(thing))


def address(thing: Thing) -> str:
    if isinstance(thing, Folder):
        return reverse("share_folder", args=[thing.id])
    return reverse("share", args=[thing.id])


def link_form(data: Any = None) -> LinkForm:
    days = min(share_links.DAYS, share_links.most_days())
    return LinkForm(data, days=days, anonymous=settings.ANONYMOUS_LINKS)


def _offered(request: AuthenticatedHttpRequest, shares: list[Share]) -> dict[str, Any]:
    """Before anything is typed: own teams and everyone, unless they have access already."""
    teams = directory.find(request.user, "").teams
    known = {share.group_id for share in shares}
    return {
        "hits": directory.Hits([], [team for team in teams if team.id not in known]),
        "everyone": any(share.everyone for share in shares),
    }


def _links(request: AuthenticatedHttpRequest, conversation: Conversation) -> dict[str, Any]:
    links = share_links.links_of(conversation)
    shown = [
        (link, request.build_absolute_uri(reverse("open_link", args=[link.id]))) for link in links
    ]
    return {"links": shown, "link_form": link_form()}
