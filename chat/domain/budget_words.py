"""What is left of a budget, and that it is used up, in plain words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chat.models import Budget
from chat.models.budget import BudgetPeriod, BudgetUnit

from .errors import Refused
from .figures import figure

# From here on people are told before they send, and administrators by mail.
NEAR, FULL = 80, 100


@dataclass(frozen=True, slots=True)
class Left:
    """`spent` is settled, `reserved` belongs to calls that run.

    `again` is the day on which it starts anew.
    """

    budget: Budget
    limit: Decimal
    spent: Decimal
    reserved: Decimal
    again: date

    @property
    def amount(self) -> Decimal:
        return max(self.limit - self.spent - self.reserved, Decimal(0))

    @property
    def percent(self) -> int:
        """How much is used, rounded down; 100 and more: nothing is left."""
        if not self.limit:
            return FULL
        return int((self.spent + self.reserved) * 100 / self.limit)

    @property
    def is_near(self) -> bool:
        return self.percent >= NEAR

    @property
    def is_over(self) -> bool:
        return self.percent >= FULL

    @property
    def blocks(self) -> bool:
        return self.is_over and self.budget.hard

    @property
    def words(self) -> str:
        """One sentence for the person whose budget it is."""
        if self.is_over:
            return self._over
        of = quantity(self.budget, self.limit)
        names = {"amount": quantity(self.budget, self.amount), "of": of}
        if self.budget.period == BudgetPeriod.DAY:
            return _("{amount} of {of} left today.").format(**names)
        return _("{amount} of {of} left this month.").format(**names)

    @property
    def _over(self) -> str:
        day = date_format(self.again, "DATE_FORMAT")
        limit = quantity(self.budget, self.limit)
        if self.budget.hard:
            return _(
                "The budget of {limit} is used up. It starts anew on {day}; an administrator can "
                "raise it."
            ).format(limit=limit, day=day)
        return _(
            "The budget of {limit} is used up until {day}. You can go on; administrators see it."
        ).format(limit=limit, day=day)


def quantity(budget: Budget, amount: Decimal) -> str:
    """Tokens, or money with two decimals, as the reader's language writes numbers."""
    if budget.unit == BudgetUnit.TOKENS:
        count = figure(int(amount))
        return _("{count} tokens").format(count=count)
    return f"{budget.currency} {figure(amount, 2)}"


class OverBudget(Refused):
    """Nothing was sent. The words say what is left and when there is more."""

    code = "over_budget"

    def __init__(self, left: Left) -> None:
        self.left = left
        self.words = left.words if left.is_over else _more_than(left)
        super().__init__(self.words)


def _more_than(left: Left) -> str:
    return _(
        "Only {amount} are left of the budget, and this message may need more. Shorten it, ask for "
        "a shorter answer, or wait until {day}."
    ).format(amount=quantity(left.budget, left.amount), day=date_format(left.again, "DATE_FORMAT"))
