"""What a person is told: a dialog of the conversation page, and a page of its own."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from chat.domain import notices as domain
from chat.live import announce

from .http import AuthenticatedHttpRequest, signed_in


@require_GET
@signed_in
def notices(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The newest. Shown, they send the id of the newest one to `notices_seen`."""
    lines = domain.lines(request.user)
    ctx = {"lines": lines, "has_new": any(line.is_new for line in lines)}
    folder = "dialogs" if request.htmx else "pages"
    return render(request, f"chat/{folder}/notices.html", ctx)


@require_POST
@signed_in
def notices_seen(request: AuthenticatedHttpRequest) -> HttpResponse:
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 19:
        domain.mark_seen(request.user, int(newest))
        announce.notices_changed([request.user.id])
    return HttpResponse(status=204) if request.htmx else redirect("notices")
