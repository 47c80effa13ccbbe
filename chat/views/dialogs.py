"""Small forms: inside the page's dialog, or as a page of their own where no module runs."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from .http import AuthenticatedHttpRequest


def dialog(request: AuthenticatedHttpRequest, name: str, ctx: dict[str, Any]) -> HttpResponse:
    template = f"chat/dialogs/{name}.html"
    if request.htmx:
        return render(request, template, ctx)
    return render(request, "chat/pages/dialog.html", ctx | {"template": template})


def done(request: AuthenticatedHttpRequest, address: str) -> HttpResponse:
    """The open pages hear of the change over their sockets."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "dialog-done"})
    return redirect(address)
