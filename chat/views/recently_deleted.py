"""The page of what was deleted within the last day, and bringing it back."""

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

from chat.domain import deletions, recently_deleted
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
