"""Prices of models, each from a day on: a later one never changes what earlier calls cost."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Price

from .audited import Audited
from .figures import TrimmedDecimalField, decimal_column
from .rights import ListedLookups


class PriceAdmin(Audited, ListedLookups):
    list_display = [
        "language_model",
        "valid_from",
        "currency",
        "prompt_price",
        "completion_price",
        "cached_price",
        "now",
    ]
    prompt_price = decimal_column(Price, "prompt")
    completion_price = decimal_column(Price, "completion")
    cached_price = decimal_column(Price, "cached")
    formfield_overrides = {DecimalField: {"form_class": TrimmedDecimalField}}
    list_filter = ["currency"]
    list_select_related = ["language_model__provider"]
    search_fields = ["language_model__model_name", "language_model__label"]
    search_help_text = _("Model")
    ordering = ["language_model__model_name", "language_model_id", "-valid_from"]
    empty_value_display = "–"
    actions = None
    fieldsets = [
        (
            None,
            {
                "description": _(
                    "Per million tokens. Calls keep the price that was valid when they were made; "
                    "to change a price, add one with a later day."
                ),
                "fields": ["language_model", "valid_from", "currency"],
            },
        ),
        (_("Prices"), {"fields": ["prompt", "completion", "cached"]}),
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"valid_from": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "language_model":
            rows = db_field.related_model.objects.select_related("provider")
            kwargs["queryset"] = rows.order_by("provider__name", "model_name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = timezone.localdate()
        of_model = Price.objects.filter(
            language_model=OuterRef("language_model"), valid_from__lte=today
        )
        newest = of_model.order_by("-valid_from").values("id")[:1]
        rows = super().get_queryset(request).annotate(current=Subquery(newest))
        return cast("QuerySet[Any]", rows)

    @admin.display(description=_("valid now"), boolean=True)
    def now(self, price: Any) -> bool:
        return bool(price.current == price.id)
