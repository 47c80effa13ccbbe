"""Filters of the audit log: what was done, sorted by what it is about; to which kind of thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from chat.models import AuditEvent
from chat.models.audit_event import Verb

GROUPS = (
    (
        _("People"),
        (
            *(Verb.SIGNED_IN, Verb.SIGN_IN_FAILED, Verb.SIGNED_OUT, Verb.PASSWORD_CHANGED),
            *(Verb.PERSON_CHANGED, Verb.PERSON_DELETED, Verb.ROLE_CHANGED),
        ),
    ),
    (
        _("Providers"),
        (
            *(Verb.PROVIDER_CHANGED, Verb.MODEL_CHANGED, Verb.POLICY_CHANGED, Verb.KEY_ENTERED),
            *(Verb.KEY_REVOKED, Verb.TOOL_CHANGED, Verb.PRICE_CHANGED),
        ),
    ),
    (
        _("Sharing"),
        (
            *(Verb.SHARED, Verb.SHARE_CHANGED, Verb.SHARE_REVOKED, Verb.SHARE_LEFT),
            *(Verb.LINK_MADE, Verb.LINK_REVOKED, Verb.LINK_OPENED),
        ),
    ),
    (
        _("Conversations"),
        (
            *(Verb.BREAK_GLASS, Verb.EXPORTED, Verb.IMPORTED, Verb.DELETED),
            *(Verb.REMOVED_BY_RETENTION, Verb.RETENTION_CHANGED, Verb.HOLD_CHANGED),
        ),
    ),
    (
        _("Usage"),
        (
            *(Verb.BUDGET_CHANGED, Verb.INVOICE_ENTERED, Verb.LEDGER_CORRECTED),
            *(Verb.TOKEN_MADE, Verb.TOKEN_REVOKED),
        ),
    ),
    (_("Organisation"), (Verb.SETTING_CHANGED,)),
)


class VerbFilter(admin.SimpleListFilter):
    """All verbs in words, whether anything of the kind has happened or not."""

    title = _("what")
    parameter_name = "verb"
    template = "admin/chat/auditevent/verb_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Verb.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(verb=self.value()) if self.value() else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        """First "All", then for each group its choices, and whether one of them is chosen."""
        everything, *choices = super().choices(changelist)
        by_verb = dict(zip(Verb.values, choices, strict=True))
        yield everything
        for name, verbs in GROUPS:
            group = [by_verb[verb] for verb in verbs]
            yield {"name": name, "choices": group, "open": any(one["selected"] for one in group)}


class ThingFilter(admin.SimpleListFilter):
    """Kinds of things that occur, as people call them."""

    title = _("kind of thing")
    parameter_name = "object_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        kinds = AuditEvent.objects.exclude(object_type="").values_list("object_type", flat=True)
        return sorted((kind, thing_name(kind)) for kind in set(kinds.distinct().order_by()))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(object_type=self.value()) if self.value() else queryset


def thing_name(kind: str) -> str:
    """What people call rows of a table, whose name the log keeps."""
    for label in ("chat", "auth"):
        try:
            return str(capfirst(apps.get_model(label, kind)._meta.verbose_name))
        except LookupError:
            continue
    return kind
