"""What is added, changed and removed in the administration is written to the audit log."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest

from chat.domain import audit
from chat.models.audit_event import Verb

from .rights import Page

VERBS = {
    "apikey": Verb.KEY_REVOKED,
    "budget": Verb.BUDGET_CHANGED,
    "group": Verb.ROLE_CHANGED,
    "languagemodel": Verb.MODEL_CHANGED,
    "organisation": Verb.SETTING_CHANGED,
    "preset": Verb.SETTING_CHANGED,
    "price": Verb.PRICE_CHANGED,
    "provider": Verb.PROVIDER_CHANGED,
    "retentionrule": Verb.RETENTION_CHANGED,
    "tool": Verb.TOOL_CHANGED,
    "user": Verb.PERSON_CHANGED,
}
RIGHTS = {"is_staff", "is_superuser", "groups", "roles", "user_permissions"}
POLICIES = {"anonymize_policy", "moderate_policy"}
HOLDS = {"legal_hold"}
# What is entered in these is never written down.
SECRETS = {"api_key", "password", "password1", "password2", "usable_password"}
LONGEST = 200


class Audited(Page):
    """Put in front of every page that can change something."""

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        request.changes = {} if add else _changes(form)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj, "changed", getattr(request, "changes", {}))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(request, obj, "removed")
        return super().log_deletions(request, queryset)

    def switch(self, request: Any, rows: QuerySet[Any], *, enabled: bool) -> int:
        """For the actions of a list: each row that it changes is an event. Gives their number."""
        with transaction.atomic():
            changed = list(rows.exclude(enabled=enabled))
            rows.filter(pk__in=[row.pk for row in changed]).update(enabled=enabled)
            request.changes = {"enabled": [not enabled, enabled]}
            for row in changed:
                self.log_change(request, row, [{"changed": {"fields": ["enabled"]}}])
        return len(changed)

    def _record(
        self, request: Any, obj: Model, what: str, changes: dict[str, Any] | None = None
    ) -> None:
        details = {what: changes} if changes else {what: True}
        verb = _verb(obj, what, set(changes or {}))
        audit.record(verb, request.user, obj, name=str(obj), details=details)


def _verb(obj: Model, what: str, changed: set[str]) -> Verb:
    table = str(obj._meta.model_name)
    if table == "user" and what == "removed":
        return Verb.PERSON_DELETED
    for fields, verb in (
        (RIGHTS, Verb.ROLE_CHANGED),
        (POLICIES, Verb.POLICY_CHANGED),
        (HOLDS, Verb.HOLD_CHANGED),
    ):
        if fields & changed:
            return verb
    return VERBS.get(table, Verb.SETTING_CHANGED)


def _changes(form: BaseForm) -> dict[str, Any]:
    """By field: [before, after]; of a secret only that it changed."""
    return {
        name: None
        if name in SECRETS
        else [_plain(form.initial.get(name)), _plain(form.cleaned_data.get(name))]
        for name in form.changed_data
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return str(value)[:LONGEST]
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return sorted(str(one) for one in value)
    return str(value)[:LONGEST]
