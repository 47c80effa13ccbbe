"""What a person has used, and what is left of their budgets."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from chat.models import Organisation, User

from . import budgets, usage
from .budget_words import Left
from .periods import Period
from .usage_sums import Sums, Where, sums

DAYS = 30
MONTHS = 24


@dataclass(frozen=True, slots=True)
class Line:
    """`label` is a day, a month or a model."""

    label: Any
    sums: Sums
    provider: str = ""


@dataclass(frozen=True, slots=True)
class OwnUsage:
    """`days` has a line for each of the last days, used or not. Costs are shown or nowhere."""

    total: Sums
    models: list[Line]
    days: list[Line]
    months: list[Line]
    left: list[Left]
    with_costs: bool


def own_usage(user: User) -> OwnUsage:
    """Four queries, and those of the budgets."""
    mine, today = Where(users=(user.id,)), timezone.localdate()
    by_month = sums(Period(), mine, ["month"])
    months = [Line(key[0], by_month[key]) for key in sorted(by_month, reverse=True)]
    return OwnUsage(
        total=usage.in_all(by_month),
        models=_by_model(mine),
        days=_by_day(mine, today),
        months=months[:MONTHS],
        left=budgets.left_for(user),
        with_costs=Organisation.current().show_costs,
    )


def _by_model(mine: Where) -> list[Line]:
    found = sums(Period(), mine, ["model"])
    lines = [Line(key[0][1], one, key[0][0]) for key, one in found.items()]
    return sorted(lines, key=lambda line: (-(line.sums.total or 0), line.provider, line.label))


def _by_day(mine: Where, today: date) -> list[Line]:
    period = Period(today - timedelta(days=DAYS - 1), today)
    return [Line(day, one) for day, one in usage.series(period, mine, "day").buckets]
