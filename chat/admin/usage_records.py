"""The usage ledger, row by row: read only, numbers only."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .rights import ReadOnly, may_view_usage


class UsageRecordAdmin(ReadOnly):
    list_display = [
        "created_at",
        "user_email",
        "provider_name",
        "model_name",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "source",
        "outcome",
    ]
    list_filter = ["provider_name", "model_name", "outcome", "source", "purpose"]
    date_hierarchy = "created_at"
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
        (_("Privacy"), {"fields": ["anonymized", "moderated"]}),
        (_("References"), {"fields": ["completion_id", "conversation_id"]}),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_view_usage(request) or super().has_view_permission(request, obj)
