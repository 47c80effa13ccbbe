"""Rules that all pages of the administration keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
else:
    # The class knows its type parameter only in the stubs.
    Page = admin.ModelAdmin

SAFE_LOOKUPS = ("", "exact", "in", "isnull", "gte", "lt", "id__exact", "pk__exact")


def may_view_usage(request: HttpRequest) -> bool:
    return request.user.has_perm("chat.view_usage")


def require_usage(request: HttpRequest) -> None:
    if not may_view_usage(request):
        raise PermissionDenied


def counted(objs: Iterable[Any], what: Mapping[Any, QuerySet[Any]]) -> tuple[Any, Any, Any, Any]:
    """What a deletion takes along, for ModelAdmin.get_deleted_objects: numbers instead of a list.

    A list would be thousands of lines long, and ask for rights that nobody has here.
    """
    numbers = {capfirst(name): rows.count() for name, rows in what.items()}
    return [str(row) for row in objs], {n: c for n, c in numbers.items() if c}, set(), []


def named(title: Any) -> type[admin.ChoicesFieldListFilter]:
    """A filter of a field with choices, called otherwise than the field in its form."""

    class Named(admin.ChoicesFieldListFilter):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.title = title

    return Named


def _field(item: Any) -> str:
    """What a filter of a list filters by; nothing, if it is a class of its own."""
    name = item[0] if isinstance(item, tuple) else item
    return name if isinstance(name, str) else ""


class ListedLookups(Page):
    """Filters by address only as listed.

    Django allows any of the table's own fields: `?title__startswith=a` would tell content letter
    by letter to people who may only see that a row exists.
    """

    show_facets = admin.ShowFacets.NEVER

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list is called by what is in it; Django would say "Select user to change"."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        filters = self.get_list_filter(request) if request else self.list_filter
        names = [name for name in map(_field, filters) if name]
        if self.date_hierarchy:
            names.append(self.date_hierarchy)
            names += [f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")]
        return any(lookup == f"{name}__{end}".rstrip("_") for name in names for end in SAFE_LOOKUPS)


class ReadOnly(ListedLookups):
    """Rows that are looked at, never made, changed or removed here."""

    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
