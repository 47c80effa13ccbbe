"""Usage per user: who used how many tokens, in a period, with an export."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from chat.domain.exports import csv_lines
from chat.domain.periods import Period, Span
from chat.domain.usage import Totals, per_model, per_user, totals

from .rights import require_usage
from .usage_query import UsageQuery

PER_PAGE = 50

HEADINGS = {
    "name": _("Name"),
    "email": _("Email"),
    "calls": _("Calls"),
    "unreported": _("Without reported usage"),
    "prompt": _("Prompt tokens"),
    "completion": _("Completion tokens"),
    "total": _("Total tokens"),
    "last": _("Last use"),
}
TEXTS = {"name", "email"}


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that sorts: `next` is the order that a click asks for."""

    name: str
    heading: Any
    next: str
    direction: str

    @classmethod
    def of(cls, name: str, sort: str) -> Column:
        direction = ""
        if sort.removeprefix("-") == name:
            direction = "descending" if sort.startswith("-") else "ascending"
        largest_first = direction == "ascending" or (not direction and name not in TEXTS)
        return cls(name, HEADINGS[name], f"-{name}" if largest_first else name, direction)


@require_GET
def per_user_page(request: HttpRequest) -> HttpResponse:
    require_usage(request)
    query = UsageQuery.read(request.GET)
    rows = per_user(query.period, query.search, query.sort)
    sums = totals(rows)
    pages = max(1, -(-sums.people // PER_PAGE))
    page = min(query.page, pages)
    ctx = {
        **_common(request, query),
        "title": _("Usage per user"),
        "columns": [Column.of(name, query.sort) for name in HEADINGS],
        "rows": rows[(page - 1) * PER_PAGE : page * PER_PAGE],
        "totals": sums,
        "page": page,
        "pages": pages,
    }
    return TemplateResponse(request, "admin/usage/per_user.html", ctx)


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same rows in the same order as a file, all pages of them."""
    require_usage(request)
    query = UsageQuery.read(request.GET)
    rows = list(per_user(query.period, query.search, query.sort))
    lines = csv_lines(HEADINGS.values(), (_cells(row) for row in rows))
    # Either kind of server wants its own kind of iterator, and buffers everything otherwise.
    body = _as_async(lines) if isinstance(request, ASGIRequest) else lines
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    name = f"usage-{_day(query.period.first)}-{_day(query.period.last)}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def person_page(request: HttpRequest, user_id: int) -> HttpResponse:
    require_usage(request)
    query = UsageQuery.read(request.GET)
    person = per_user(Period(), user_id=user_id).first()
    if person is None:
        raise Http404
    models = list(per_model(query.period, user_id))
    ctx = {
        **_common(request, query),
        "title": person["name"] or person["email"],
        "person": person,
        "models": models,
        "totals": _sum(models),
    }
    return TemplateResponse(request, "admin/usage/person.html", ctx)


def _common(request: HttpRequest, query: UsageQuery) -> dict[str, Any]:
    spans = [(value, label) for value, label in Span.choices if value != Span.CUSTOM]
    return {**admin.site.each_context(request), "query": query, "spans": spans}


def _sum(rows: list[Any]) -> Totals:
    def add(name: str) -> int | None:
        known = [row[name] for row in rows if row[name] is not None]
        return sum(known) if known else None

    return Totals(
        people=1,
        calls=add("calls") or 0,
        unreported=add("unreported") or 0,
        prompt=add("prompt"),
        completion=add("completion"),
        total=add("total"),
        last=max((row["last"] for row in rows), default=None),
    )


def _cells(row: dict[str, Any]) -> list[object]:
    last = timezone.localtime(row["last"]).strftime("%Y-%m-%d %H:%M")
    return [*(row[name] for name in HEADINGS if name != "last"), last]


def _day(day: Any) -> str:
    return day.isoformat() if day else gettext("open")


async def _as_async(lines: Iterator[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line
