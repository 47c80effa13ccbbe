"""Conversations by what is known about them; what people wrote is not shown here."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat.domain import break_glass, retention
from chat.models import Conversation, Message, User

from .rights import ReadOnly


class ConversationAdmin(ReadOnly):
    list_display = [
        "short_id",
        "owner_email",
        "model_name",
        "messages",
        "created_at",
        "updated_at",
        "legal_hold",
    ]
    list_filter = ["legal_hold", "created_at"]
    actions = ["hold", "release"]
    list_select_related = ["owner", "language_model"]
    search_fields = ["owner__email"]
    search_help_text = _("Owner's email")
    ordering = ["-updated_at"]
    fields = ["id", "owner_email", "model_name", "messages", "created_at", "updated_at", "read"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the columns that hold content, so that nothing here can show them."""
        rows: QuerySet[Any] = super().get_queryset(request)
        # Counted for what the page shows, not for all conversations before it is known.
        said = Message.objects.filter(conversation=OuterRef("pk")).order_by()
        counted = said.values("conversation").annotate(count=Count("id")).values("count")
        rows = rows.annotate(count=Coalesce(Subquery(counted), 0))
        return rows.defer("title", "system_prompt", "parameters")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        allowed = break_glass.may_break(cast("User", request.user))
        return [name for name in self.fields if name != "read" or allowed]

    def has_hold_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.hold_conversation")

    @admin.action(description=_("Put under legal hold"), permissions=["hold"])
    def hold(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._change_hold(request, rows, held=True)

    @admin.action(description=_("End the legal hold"), permissions=["hold"])
    def release(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._change_hold(request, rows, held=False)

    def _change_hold(self, request: HttpRequest, rows: QuerySet[Any], *, held: bool) -> None:
        changed = retention.change_hold(cast("User", request.user), rows, held=held)
        words = ngettext("{count} conversation changed.", "{count} conversations changed.", changed)
        self.message_user(request, words.format(count=changed))

    @admin.display(description=_("content"))
    def read(self, conversation: Conversation) -> str:
        address = reverse("admin:break_glass", args=[conversation.id])
        return format_html('<a href="{}">{}</a>', address, _("Read it, with a reason"))

    @admin.display(description=_("conversation"), ordering="id")
    def short_id(self, conversation: Conversation) -> str:
        return str(conversation.id)[:8]

    @admin.display(description=_("owner"), ordering="owner__email")
    def owner_email(self, conversation: Conversation) -> str:
        return conversation.owner.email

    @admin.display(description=_("model"))
    def model_name(self, conversation: Conversation) -> str:
        """A name and no link: who looks after people may not look at models."""
        return str(conversation.language_model or "–")

    @admin.display(description=_("messages"), ordering="count")
    def messages(self, conversation: Any) -> int:
        return int(conversation.count)
