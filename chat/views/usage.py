"""A person's own usage: numbers from the ledger, as tables and one small chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat.domain.own_usage import Line, own_usage

from .http import AuthenticatedHttpRequest, signed_in

CHART_HEIGHT = 96
BAR_STEP = 20
BAR_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart, in the units of its view box."""

    day: date
    total: int
    x: int
    y: int
    height: int


@require_GET
@signed_in
def usage(request: AuthenticatedHttpRequest) -> HttpResponse:
    found = own_usage(request.user)
    ctx = {
        "usage": found,
        "bars": bars(found.days),
        "chart": {"width": len(found.days) * BAR_STEP, "height": CHART_HEIGHT, "bar": BAR_WIDTH},
        "days": [line for line in reversed(found.days) if line.calls],
    }
    return render(request, "chat/usage.html", ctx)


def bars(days: Sequence[Line]) -> list[Bar]:
    """The highest fills the height; whatever was used is visible, however little."""
    most = max((line.total or 0 for line in days), default=0)
    return [_bar(index, line, most) for index, line in enumerate(days)]


def _bar(index: int, line: Line, most: int) -> Bar:
    total = line.total or 0
    height = max(round(CHART_HEIGHT * total / most), 3) if total else 0
    x = index * BAR_STEP + (BAR_STEP - BAR_WIDTH) // 2
    return Bar(line.label, total, x, CHART_HEIGHT - height, height)
