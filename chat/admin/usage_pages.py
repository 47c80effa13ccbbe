"""The usage section: one page for every range, filter and group; its file; views under a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from chat.domain import audit, usage
from chat.domain.charts import Chart, chart
from chat.domain.periods import Period, Span
from chat.domain.usage_people import People
from chat.domain.usage_sums import Key, Sums, TooManyGroups, Where, total
from chat.models import SavedView, User
from chat.models.audit_event import Verb

from . import usage_table as table
from .downloads import download
from .rights import require_usage
from .usage_choices import fill
from .usage_query import NAMES, UsageQuery

PER_PAGE = 50
SHOWN = {"total": "total", "calls": "calls"}


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of a view and what they are called; None: there are too many of them."""

    lines: list[usage.Line]
    labels: table.Labels
    users: dict[Key, Sums]
    too_many: bool = False


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    require_usage(request)
    query = UsageQuery.read(request.GET)
    people = People.read()
    where = query.where(people)
    series = usage.series(query.period, where, query.fields.get("bars", ""))
    found = _find(query, where, people)
    pages = max(1, -(-len(found.lines) // PER_PAGE))
    page = min(query.page, pages)
    fill(query)
    here = found.lines[(page - 1) * PER_PAGE : page * PER_PAGE]
    ctx = {
        **admin.site.each_context(request),
        "title": _("Usage"),
        "query": query,
        "spans": [(value, label) for value, label in Span.choices if value != Span.CUSTOM],
        "total": series.total,
        "before": _before(query.period, where),
        "chart": _chart(series, query),
        "columns": table.columns(query),
        "rows": list(table.rows(query, here, found.labels)),
        "count": sum(1 for line in found.lines if line.level == 0),
        "too_many": found.too_many,
        "teams_overlap": "team" in query.groups,
        "page": page,
        "pages": pages,
        "persons": usage.persons(found.users, people),
        "narrowed": not where.is_everything,
        "chips": _chips(query, people),
        "views": list(SavedView.objects.filter(user=cast("User", request.user))),
        "records": table.records_address(dict(query.fields), query.period),
        "address": query.address(),
    }
    return TemplateResponse(request, "admin/usage/overview.html", ctx)


def _find(query: UsageQuery, where: Where, people: People) -> Found:
    try:
        users, groups = usage.with_users(query.period, where, query.groups)
    except TooManyGroups:
        return Found([], table.Labels(query.groups, {}), {}, too_many=True)
    persons: dict[int, Any] = {}
    if "user" in query.groups:
        persons = people.named(key[0] for key in users)
    labels = table.Labels(query.groups, persons)
    return Found(usage.lines(groups, labels, query.sort), labels, users)


def _before(period: Period, where: Where) -> tuple[Period, Sums] | None:
    previous = period.previous
    return (previous, total(previous, where)) if previous else None


def _chart(series: usage.Series, query: UsageQuery) -> dict[str, Any]:
    """Calls show which of them were not reported; of tokens that is not known by bucket."""
    measure = "calls" if query.fields.get("measure") == "calls" else "total"
    points = [
        (_bucket(series.size, day), getattr(one, measure) or 0, _unreported(one, measure))
        for day, one in series.buckets
    ]
    drawn: Chart = chart(points)
    rows = [
        (label, one)
        for (label, _value, _part), (_day, one) in zip(points, series.buckets, strict=True)
    ]
    return {"drawn": drawn, "rows": rows, "size": NAMES[series.size], "measure": measure}


def _bucket(size: str, day: Any) -> str:
    return date_format(day, "M Y" if size == "month" else "SHORT_DATE_FORMAT")


def _unreported(one: Sums, measure: str) -> int:
    return one.unreported if measure == "calls" else 0


def _chips(query: UsageQuery, people: People) -> list[tuple[str, str, str]]:
    """The filters that hold: (name, value, the address without it)."""
    labels = table.Labels((), {})
    chips = [
        (
            str(NAMES[name]),
            labels.of(name, query.fields[name]),
            query.address(**{name: "", "page": ""}),
        )
        for name in ("team", "provider", "purpose", "outcome")
        if query.fields.get(name)
    ]
    if model := query.fields.get("model"):
        chips.append((str(NAMES["model"]), model, query.address(model="")))
    if query.user is not None:
        person = people.named([query.user])[query.user]
        label = person.label or gettext("without a user")
        if query.user and not person.present:
            label = gettext("{name} (deleted)").format(name=label)
        chips.append((str(NAMES["user"]), label, query.address(user="")))
    return chips


@require_GET
def export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """The groups of a view in its order, all pages of them."""
    require_usage(request)
    if kind not in {"csv", "xlsx"}:
        raise Http404
    query = UsageQuery.read(request.GET)
    people = People.read()
    found = _find(query, query.where(people), people)
    currencies = sorted({currency for line in found.lines for currency in line.sums.costs})
    name = f"usage-{_day(query.period.first)}-{_day(query.period.last)}"
    audit.record(
        Verb.EXPORTED,
        cast("User", request.user),
        name=str(_("Usage")),
        details={"view": query.fields},
    )
    header = table.export_header(query, currencies)
    return download(request, kind, header, _cells(query, found, currencies), name)


def _cells(query: UsageQuery, found: Found, currencies: list[str]) -> Iterator[list[object]]:
    if found.too_many:
        yield [gettext("Too many rows: choose a shorter range or fewer groups.")]
    yield from table.export_rows(query, found.lines, found.labels, currencies)


def _day(day: Any) -> str:
    return day.isoformat() if day else gettext("open")


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Under a name that is taken already, the new view takes the old one's place."""
    require_usage(request)
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:80]
    address = request.POST.get("query", "").replace("\0", "").removeprefix("?")[:1000]
    if not name:
        messages.error(request, _("Give the view a name."))
        return redirect(f"{reverse('admin:usage')}?{address}")
    SavedView.objects.update_or_create(
        user=cast("User", request.user), name=name, defaults={"query": address}
    )
    messages.success(request, _("The view “{name}” is saved.").format(name=name))
    return redirect(f"{reverse('admin:usage')}?{address}")


@require_POST
def delete_view(request: HttpRequest, view_id: int) -> HttpResponse:
    require_usage(request)
    view = get_object_or_404(SavedView, id=view_id, user=cast("User", request.user))
    view.delete()
    messages.success(request, _("The view “{name}” is deleted.").format(name=view.name))
    return redirect("admin:usage")
