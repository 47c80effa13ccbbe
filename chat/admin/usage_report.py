"""The report of a month, made to be printed and signed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from chat.domain import chain, invoices, usage
from chat.domain.charts import chart
from chat.domain.periods import Period, month_before
from chat.domain.usage_people import People
from chat.domain.usage_sums import Where, sums, total
from chat.models import UsageRecord
from chat.models.chain_link import Chain

from .invoice_pages import MonthField
from .rights import require_usage
from .usage_query import NAMES
from .usage_table import Labels

TABLES = ("model", "team", "purpose", "outcome")


class MonthForm(forms.Form):
    month = MonthField(label=_("Month"), required=False)


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    require_usage(request)
    form = MonthForm(request.GET)
    asked: date | None = form.cleaned_data["month"] if form.is_valid() else None
    month = asked if asked and 1970 < asked.year < 9999 else month_before(timezone.localdate())
    period, everything, people = Period.month(month), Where(), People.read()
    series = usage.series(period, everything, "day")
    before = period.previous
    assert before is not None
    points = [
        (date_format(day, "SHORT_DATE_FORMAT"), one.total or 0, 0) for day, one in series.buckets
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Usage report"),
        "month": period.first,
        "period": period,
        "form": MonthForm(initial={"month": period.first}),
        "total": series.total,
        "before": (before, total(before, everything)),
        "chart": {
            "drawn": chart(points),
            "rows": [(p[0], one) for p, (_d, one) in zip(points, series.buckets, strict=True)],
            "size": NAMES["day"],
            "measure": "total",
        },
        "tables": [_table(name, period) for name in TABLES],
        "persons": usage.persons(sums(period, everything, ["user"]), people, most=10),
        "corrections": _corrections(period),
        "billed": [one for one in invoices.listed() if one.invoice.month == period.first],
        "head": chain.head(Chain.USAGE),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "admin/usage/report.html", context)


def _table(name: str, period: Period) -> tuple[Any, list[tuple[str, str, Any]]]:
    labels = Labels((name,), {})
    found = usage.lines(sums(period, Where(), [name]), labels)
    rows = [
        (labels(0, line.key[0]), labels.beneath(name, line.key[0]), line.sums) for line in found
    ]
    return NAMES[name], rows


def _corrections(period: Period) -> list[UsageRecord]:
    made = UsageRecord.objects.filter(period.contains("created_at"), corrects__isnull=False)
    return list(made.order_by("id")[:100])
