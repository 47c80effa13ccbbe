"""The page on which an authorised person reads a conversation, after saying why."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chat.domain import break_glass
from chat.domain.transcript import transcript
from chat.live import announce
from chat.models import BreakGlass, User


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=break_glass.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is written to the audit log, and the owner of the conversation sees it."),
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(" ".join(reason.split())) < break_glass.SHORTEST_REASON:
            raise forms.ValidationError(break_glass.ReasonNeeded.words)
        return reason


@require_http_methods(["GET", "POST"])
def read_page(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    reader = cast("User", request.user)
    opened = break_glass.opened_by(reader, conversation_id)
    if opened is not None and request.method == "GET":
        return _page(request, opened)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = break_glass.break_glass(reader, conversation_id, form.cleaned_data["reason"])
        announce.notices_changed([opened.conversation.owner_id])
        return redirect("admin:break_glass", conversation_id)
    return TemplateResponse(request, "admin/break_glass/form.html", _context(request, form=form))


def _page(request: HttpRequest, opened: BreakGlass) -> HttpResponse:
    before = request.GET.get("before", "")
    older = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    context = _context(
        request,
        opened=opened,
        conversation=opened.conversation,
        transcript=transcript(opened.conversation, before=older),
    )
    return TemplateResponse(request, "admin/break_glass/read.html", context)


def _context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": _("Read a conversation"), **more}
