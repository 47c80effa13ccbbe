"""How long conversations are kept, with a preview of what goes next."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.domain import retention
from chat.models import RetentionRule

from .audited import Audited
from .rights import ListedLookups


class RetentionRuleAdmin(Audited, ListedLookups):
    change_list_template = "admin/chat/retentionrule/change_list.html"
    list_display = ["whom", "days"]
    list_select_related = ["group"]
    actions = None

    @admin.display(description=_("for"), ordering="group__name")
    def whom(self, rule: RetentionRule) -> str:
        return rule.group.name if rule.group else gettext("everyone else")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "group":
            kwargs["queryset"] = db_field.related_model.objects.filter(role=None).order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        told = [_sentence(preview) for preview in retention.previews()]
        return super().changelist_view(request, {"previews": told, **(extra_context or {})})


def _sentence(preview: retention.Preview) -> str:
    whom = preview.rule.group.name if preview.rule.group else gettext("everyone else")
    if not preview.conversations:
        words = gettext("{whom}: nothing is due now.").format(whom=whom)
    else:
        assert preview.oldest is not None
        words = ngettext(
            "{whom}: {count} conversation of {people} is removed next. The oldest is from {day}.",
            "{whom}: {count} conversations of {people} are removed next. The oldest is from {day}.",
            preview.conversations,
        ).format(
            whom=whom,
            count=preview.conversations,
            people=_people(preview.people),
            day=date_format(preview.oldest, "DATE_FORMAT"),
        )
    if not preview.held:
        return words
    held = ngettext(
        "{count} is kept by a legal hold.", "{count} are kept by a legal hold.", preview.held
    )
    return f"{words} {held.format(count=preview.held)}"


def _people(count: int) -> str:
    return ngettext("{count} person", "{count} people", count).format(count=count)
