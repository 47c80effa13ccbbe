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
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.domain import audit
from chat.models import UsageRecord, User
from chat.models.audit_event import Verb

from .correction_page import correct_page
from .downloads import download, newest_values
from .figures import count_column, decimal_column, fact_column, trimmed
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
        "time",
        "user_email",
        "called",
        "prompt",
        "completion",
        "total",
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
        (None, {"fields": ["moment", "user_email", "user_name", "teams"]}),
        (_("Call"), {"fields": ["provider_name", "model_name", "purpose", "outcome"]}),
        (
            _("Tokens"),
            {
                "fields": [
                    "source",
                    "prompt",
                    "completion",
                    "total",
                    "cached",
                    "reasoning",
                    "sum_differs",
                ]
            },
        ),
        (
            _("Cost"),
            {
                "fields": [
                    "costs",
                    "price_prompt",
                    "price_completion",
                    "price_cached",
                    "with_own_key",
                ]
            },
        ),
        (_("Privacy"), {"fields": ["was_anonymized", "was_moderated"]}),
        (_("Corrections"), {"fields": ["correction", "corrected_by", "note"]}),
        (_("References"), {"fields": ["id", "completion_id", "conversation_id"]}),
    ]
    readonly_fields = [
        *("moment", "prompt", "completion", "total", "cached", "reasoning", "sum_differs"),
        *("costs", "price_prompt", "price_completion", "price_cached", "with_own_key"),
        *("was_anonymized", "was_moderated", "correction", "corrected_by", "id"),
    ]
    prompt = count_column(UsageRecord, "prompt_tokens")
    completion = count_column(UsageRecord, "completion_tokens")
    total = count_column(UsageRecord, "total_tokens")
    cached = count_column(UsageRecord, "cached_tokens")
    reasoning = count_column(UsageRecord, "reasoning_tokens")
    sum_differs = fact_column(UsageRecord, "mismatch")
    was_anonymized = fact_column(UsageRecord, "anonymized")
    was_moderated = fact_column(UsageRecord, "moderated")
    price_prompt = decimal_column(UsageRecord, "prompt_price")
    price_completion = decimal_column(UsageRecord, "completion_price")
    price_cached = decimal_column(UsageRecord, "cached_price")
    with_own_key = fact_column(UsageRecord, "own_key")

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
        title = gettext("Usage record {id}").format(id=object_id)
        context = {"may_correct": may, "title": title, "subtitle": None, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("time"), ordering="created_at")
    def time(self, record: UsageRecord) -> str:
        return date_format(timezone.localtime(record.created_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("time"))
    def moment(self, record: UsageRecord) -> str:
        """To the second, with the zone: an hour of October comes twice."""
        at = timezone.localtime(record.created_at)
        return f"{date_format(at, 'DATE_FORMAT')}, {at:%H:%M:%S %Z}"

    @admin.display(description=_("model"), ordering="model_name")
    def called(self, record: UsageRecord) -> str:
        words = "{}<small>{}</small>"
        return format_html(words, record.model_name, record.provider_name)

    @admin.display(description=_("cost"), ordering="cost")
    def costs(self, record: UsageRecord) -> str:
        """To the last digit: sums of rounded figures would not be what the overview says."""
        if record.cost is None:
            return gettext("unknown") if record.currency else gettext("no price")
        if record.own_key:
            return gettext("own key")
        return f"{record.currency}\u00a0{trimmed(record.cost)}"

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
