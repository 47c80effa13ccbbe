"""Teams and permissions as lists to tick, with only those permissions that do something here."""

from __future__ import annotations

import operator
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest

from .rights import Page

OFFERED = {
    "provider": ("view", "add", "change", "delete"),
    "languagemodel": ("view", "add", "change", "delete"),
    "preset": ("view", "add", "change", "delete"),
    "tool": ("view", "add", "change", "delete"),
    "apikey": ("view", "change"),
    "user": ("view", "add", "change", "delete"),
    "group": ("view", "add", "change", "delete"),
    "conversation": ("view",),
    "usage": ("view",),
}


class TickedChoices(Page):
    """Django's own widget for many choices needs two lists, a mouse and wide screens."""

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["widget"] = CheckboxSelectMultiple
        is_permission = db_field.related_model is Permission
        if is_permission:
            kwargs["queryset"] = offered_permissions()
        elif db_field.related_model is Group:
            # A role is no team.
            kwargs["queryset"] = Group.objects.filter(role=None).order_by("name")
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if is_permission and field is not None:
            # Without "Chatsite | user |" before each of them.
            vars(field)["label_from_instance"] = operator.attrgetter("name")
        return field


def offered_permissions() -> QuerySet[Permission]:
    codes = [f"{action}_{table}" for table, actions in OFFERED.items() for action in actions]
    rows = Permission.objects.filter(
        content_type__app_label__in=["chat", "auth"], codename__in=codes
    )
    return rows.select_related("content_type").order_by("content_type__model", "codename")
