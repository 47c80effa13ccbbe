"""Conversations by what is known about them; what people wrote is not shown here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation

from .rights import ReadOnly


class ConversationAdmin(ReadOnly):
    list_display = [
        "short_id",
        "owner_email",
        "language_model",
        "messages",
        "created_at",
        "updated_at",
    ]
    list_filter = ["created_at"]
    list_select_related = ["owner", "language_model"]
    search_fields = ["owner__email"]
    search_help_text = _("Owner's email")
    ordering = ["-updated_at"]
    fields = ["id", "owner_email", "language_model", "messages", "created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the columns that hold content, so that nothing here can show them."""
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.annotate(count=Count("messages"))
        return rows.defer("title", "system_prompt", "parameters")

    @admin.display(description=_("conversation"), ordering="id")
    def short_id(self, conversation: Conversation) -> str:
        return str(conversation.id)[:8]

    @admin.display(description=_("owner"), ordering="owner__email")
    def owner_email(self, conversation: Conversation) -> str:
        return conversation.owner.email

    @admin.display(description=_("messages"), ordering="count")
    def messages(self, conversation: Any) -> int:
        return int(conversation.count)
