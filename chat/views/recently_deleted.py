"""The page of what was deleted within the last day: bringing it back, removing it for good."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from chat.domain import deletions, holds, recently_deleted
from chat.domain.filing import Removed
from chat.domain.recently_deleted import Together
from chat.live import announce
from chat.models import Conversation, Deletion, User

from .contexts import conversation_id_or_none
from .http import AuthenticatedHttpRequest, signed_in


@dataclass(frozen=True, slots=True)
class Entry:
    """Either conversations that were deleted at once, or messages of one that is still there."""

    at: datetime
    together: Together | None = None
    deletion: Deletion | None = None
    size: int = 0
    by: User | None = None


@require_http_methods(["GET", "POST"])
@signed_in
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """POST brings back a `conversation`, or all that was deleted `together` at a moment."""
    if request.method == "POST":
        _restore(request)
        return redirect("recently_deleted")
    return render(request, "chat/recently_deleted.html", _context(request.user))


@require_http_methods(["GET", "POST"])
@signed_in
def remove_for_good(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Of a `conversation`, or of all that was deleted `together`; asks before."""
    choice = _choice(request)
    if request.method == "POST":
        _said_removed(request, recently_deleted.remove(request.user, choice))
        return redirect("recently_deleted")
    rows = recently_deleted.chosen(request.user, choice)
    ctx = {"count": rows.count(), "title": rows[0].title, "held": rows.filter(holds.held()).count()}
    return render(request, "chat/remove_for_good.html", ctx)


def _choice(request: AuthenticatedHttpRequest) -> UUID | datetime:
    """From the address, in which the form is sent, too. Raises Http404."""
    if together := request.GET.get("together", ""):
        return _moment(together)
    wanted = conversation_id_or_none(request.GET.get("conversation", ""))
    if wanted is None:
        raise Http404
    return wanted


def _said_removed(request: AuthenticatedHttpRequest, removed: Removed) -> None:
    """What is under a hold is still on the page."""
    count = len(removed.ids)
    if count:
        words = ngettext(
            "{count} conversation is removed for good.",
            "{count} conversations are removed for good.",
            count,
        )
        messages.success(request, words.format(count=count))


def said_back(request: AuthenticatedHttpRequest, conversation: Conversation) -> None:
    """For the next page."""
    link = format_html(
        '<a href="{}">{}</a>',
        reverse("conversation", args=[conversation.id]),
        conversation.title or _("Untitled"),
    )
    messages.success(request, format_html(_("This is back: {}"), link))


def _context(user: User) -> dict[str, Any]:
    """Four queries."""
    together = [Entry(it.at, together=it) for it in recently_deleted.recent(user)]
    found = list(deletions.recent(user)[: recently_deleted.SHOWN])
    sizes = deletions.sizes(found)
    parts = [
        Entry(
            it.created_at,
            deletion=it,
            size=sizes.get(it.id, 1),
            by=it.user if it.user_id != user.id else None,
        )
        for it in found
    ]
    return {"entries": sorted(together + parts, key=lambda entry: entry.at, reverse=True)}


def _restore(request: AuthenticatedHttpRequest) -> None:
    together = request.POST.get("together", "")
    if together:
        ids = recently_deleted.restore_together(request.user, _moment(together))
        words = ngettext(
            "{count} conversation is back.", "{count} conversations are back.", len(ids)
        )
        messages.success(request, words.format(count=len(ids)))
    else:
        wanted = conversation_id_or_none(request.POST.get("conversation", ""))
        if wanted is None:
            raise Http404
        found = recently_deleted.restore(request.user, wanted)
        ids = [found.id]
        said_back(request, found)
    _announce(request, ids)


def _announce(request: AuthenticatedHttpRequest, ids: list[UUID]) -> None:
    """Those with whom it was shared find it in their lists again, too."""
    announce.conversations_changed(request.user.id)
    for conversation_id in ids:
        announce.sidebars_changed(conversation_id)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if moment.tzinfo is None:
        raise Http404
    return moment
