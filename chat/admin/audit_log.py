"""The audit log: looked through, exported, verified; never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.domain import audit, exports, verifying
from chat.models import AuditEvent, User
from chat.models.audit_event import Verb
from chat.models.chain_link import Chain

from .audit_filters import ThingFilter, VerbFilter, thing_name
from .downloads import csv_download, newest_first
from .rights import ReadOnly

HEADINGS = (
    _("Time"),
    _("Name"),
    _("Email"),
    _("What"),
    _("Kind of thing"),
    _("Number of the thing"),
    _("Thing"),
    _("Reason"),
    _("Network address"),
    _("Details"),
)
NAMES = {Chain.USAGE: _("Usage ledger"), Chain.AUDIT: _("Audit log")}


class AuditEventAdmin(ReadOnly):
    change_list_template = "admin/chat/auditevent/change_list.html"
    list_display = ["time", "who", "verb", "thing", "reason", "address"]
    list_filter = [VerbFilter, ThingFilter]
    date_hierarchy = "created_at"
    search_fields = ["actor_email", "actor_name", "object_name", "object_id", "reason"]
    search_help_text = _("Name, email, thing or reason")
    ordering = ["-id"]
    list_per_page = 50
    show_full_result_count = False
    empty_value_display = "–"
    readonly_fields = ["who", "kind", "told"]
    fieldsets = [
        (None, {"fields": ["created_at", "who", "actor_email", "verb", "reason", "address"]}),
        (_("Thing"), {"fields": ["kind", "object_id", "object_name", "told"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Many events are about nothing but the person, like signing in."""
        about = obj is None or obj.object_type or obj.object_name or obj.details != "{}"
        return self.fieldsets if about else self.fieldsets[:1]

    @admin.display(description=_("time"), ordering="created_at")
    def time(self, event: AuditEvent) -> str:
        return date_format(timezone.localtime(event.created_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("kind of thing"))
    def kind(self, event: AuditEvent) -> str:
        return thing_name(event.object_type) if event.object_type else "–"

    @admin.display(description=_("details"))
    def told(self, event: AuditEvent) -> str:
        pairs = list(_pairs(json.loads(event.details)))
        if not pairs:
            return "–"
        lines = format_html_join("", "<dt>{}</dt><dd>{}</dd>", pairs)
        return format_html('<dl class="pairs">{}</dl>', lines)

    @admin.display(description=_("who"), ordering="actor_name")
    def who(self, event: AuditEvent) -> str:
        return event.actor_name or event.actor_email

    @admin.display(description=_("thing"), ordering="object_name")
    def thing(self, event: AuditEvent) -> str:
        return event.object_name or f"{event.object_type} {event.object_id[:8]}".strip()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        named = lookup in {"verb", "object_type"}
        return named or super().lookup_allowed(lookup, value, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        event = self.get_object(request, object_id)
        title = f"{self.who(event)}: {event.get_verb_display()}" if event else ""
        context = {"title": title, "subtitle": None, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[Any]:
        site = self.admin_site
        return [
            path("export/", site.admin_view(self.export), name="chat_auditevent_export"),
            path("verify/", site.admin_view(self.verify), name="chat_auditevent_verify"),
            *super().get_urls(),
        ]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows with its filters, all pages of it. Exporting is an event, too."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        audit.record(Verb.EXPORTED, cast("User", request.user), name=str(_("Audit log")))
        lines = exports.csv_lines(HEADINGS, _cells(rows))
        return csv_download(request, lines, f"audit-{timezone.localdate()}.csv")

    def verify(self, request: HttpRequest) -> HttpResponse:
        """By POST only does the walk begin: it reads every row."""
        if not request.user.has_perm("chat.verify_ledger"):
            raise PermissionDenied
        walked = request.method == "POST"
        verdicts = {NAMES[one]: verifying.verify(one) for one in Chain} if walked else {}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Verify ledger and audit log"),
            "verdicts": verdicts,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/audit/verify.html", context)


def _pairs(details: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Of a change each field: what it was, and what it is now; null where that is a secret."""
    for name, value in details.items():
        if isinstance(value, dict):
            yield from _pairs(value)
        elif isinstance(value, list) and len(value) == 2:
            yield name, f"{_plain(value[0])} → {_plain(value[1])}"
        else:
            yield name, _plain(value)


def _plain(value: Any) -> str:
    """What JSON keeps, without its marks where they say nothing."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if value in ("", None, []):
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cells(rows: QuerySet[Any]) -> Iterator[tuple[object, ...]]:
    for event in newest_first(rows):
        yield (
            timezone.localtime(event.created_at).isoformat(sep=" ", timespec="seconds"),
            event.actor_name,
            event.actor_email,
            event.get_verb_display(),
            event.object_type,
            event.object_id,
            event.object_name,
            event.reason,
            event.address,
            event.details,
        )
