"""The usage ledger, row by row: numbers only; corrected by new rows, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.domain import audit
from chat.models import UsageRecord, User
from chat.models.audit_event import Verb

from .correction_page import correct_page
from .downloads import download, newest_values
from .rights import ReadOnly, may_view_usage, require_usage
from .usage_filters import DaysFilter, ModelFilter, ProviderFilter, TeamFilter

EXPORTED = (
    "id",
    "created_at",
    "user_name",
    "user_email",
    "teams",
    "provider_name",
    "model_name",
    "purpose",
    "outcome",
    "source",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "currency",
    "cost",
    "anonymized",
    "moderated",
    "own_key",
    "corrects",
    "note",
    "completion_id",
)
# What links from the usage pages ask for, beside the filters.
LOOKUPS = {"user__id__exact", "user__isnull", "days", "team", "provider_name", "model_name"} | {
    f"created_at__{end}" for end in ("gte", "lt", "year", "month", "day")
}


class UsageRecordAdmin(ReadOnly):
    change_list_template = "admin/chat/usagerecord/change_list.html"
    change_form_template = "admin/chat/usagerecord/change_form.html"
    list_display = [
        "created_at",
        "user_email",
        "provider_name",
        "model_name",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "costs",
        "source",
        "outcome",
        "correction",
    ]
    list_filter = [
        DaysFilter,
        ProviderFilter,
        ModelFilter,
        TeamFilter,
        "outcome",
        "source",
        "purpose",
    ]
    search_fields = ["user_email", "user_name"]
    search_help_text = _("Name or email")
    ordering = ["-created_at", "-id"]
    list_per_page = 50
    empty_value_display = "–"
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["created_at", "user_email", "user_name", "teams"]}),
        (_("Call"), {"fields": ["provider_name", "model_name", "purpose", "outcome"]}),
        (
            _("Tokens"),
            {
                "fields": [
                    "source",
                    "prompt_tokens",
                    "completion_tokens",
                    "total_tokens",
                    "cached_tokens",
                    "reasoning_tokens",
                    "mismatch",
                ]
            },
        ),
        (
            _("Cost"),
            {"fields": ["costs", "prompt_price", "completion_price", "cached_price", "own_key"]},
        ),
        (_("Privacy"), {"fields": ["anonymized", "moderated"]}),
        (_("Corrections"), {"fields": ["correction", "corrected_by", "note"]}),
        (_("References"), {"fields": ["id", "completion_id", "conversation_id"]}),
    ]
    readonly_fields = ["costs", "correction", "corrected_by", "id"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_view_usage(request) or super().has_view_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in LOOKUPS or super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("export/<str:kind>/", view(self.export), name="chat_usagerecord_export"),
            path("<int:record_id>/correct/", view(correct_page), name="chat_usagerecord_correct"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        may = request.user.has_perm("chat.correct_ledger")
        context = {"may_correct": may, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("cost"), ordering="cost")
    def costs(self, record: UsageRecord) -> str:
        if record.cost is None:
            return gettext("no price")
        return gettext("own key") if record.own_key else f"{record.currency} {record.cost:f}"

    @admin.display(description=_("corrects"))
    def correction(self, record: UsageRecord) -> str:
        return "–" if record.corrects is None else _link(record.corrects)

    @admin.display(description=_("corrected by"))
    def corrected_by(self, record: UsageRecord) -> str:
        later = UsageRecord.objects.filter(corrects=record.id).order_by("id")
        links = [_link(one) for one in later.values_list("id", flat=True)]
        return format_html(" ".join(["{}"] * len(links)), *links) if links else "–"

    def export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """What the list shows with its filters, all pages of it. Exporting is an event, too."""
        require_usage(request)
        if kind not in {"csv", "xlsx"}:
            raise Http404
        rows = self.get_changelist_instance(request).get_queryset(request)
        details = {"filters": request.GET.dict()}
        user = cast("User", request.user)
        audit.record(Verb.EXPORTED, user, name=gettext("Usage records"), details=details)
        header = [
            str(cast("Any", UsageRecord._meta.get_field(name)).verbose_name) for name in EXPORTED
        ]
        name = f"usage-records-{timezone.localdate()}"
        return download(request, kind, header, _cells(rows), name)


def _link(record_id: int) -> str:
    address = reverse("admin:chat_usagerecord_change", args=[record_id])
    return format_html('<a href="{}">{}</a>', address, record_id)


def _cells(rows: QuerySet[Any]) -> Iterator[list[object]]:
    zone = timezone.get_default_timezone()
    for row in newest_values(rows, EXPORTED):
        cells = list(row)
        cells[1] = cells[1].astimezone(zone).isoformat(sep=" ", timespec="milliseconds")
        yield cells
