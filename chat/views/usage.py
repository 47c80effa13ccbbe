"""A person's own usage: numbers from the sums, as tables and one small chart."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from chat.domain import budgets
from chat.domain.charts import chart
from chat.domain.own_usage import own_usage

from .http import AuthenticatedHttpRequest, signed_in


@require_GET
@signed_in
def usage(request: AuthenticatedHttpRequest) -> HttpResponse:
    found = own_usage(request.user)
    points = [
        (date_format(line.label, "SHORT_DATE_FORMAT"), line.sums.total or 0, 0)
        for line in found.days
    ]
    ctx = {
        "usage": found,
        "chart": chart(points),
        "days": [line for line in reversed(found.days) if line.sums.calls],
    }
    return render(request, "chat/usage.html", ctx)


@require_GET
@signed_in
def left(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The line beneath the message box: empty as long as no budget is near its end."""
    return render(request, "chat/_budget.html", {"left": budgets.scarcest_for(request.user)})
