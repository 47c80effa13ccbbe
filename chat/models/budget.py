"""Budgets, what has been spent of them, and what is reserved for calls that run."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .price import MONEY, is_currency


class BudgetPeriod(models.TextChoices):
    DAY = "day", _("a day")
    MONTH = "month", _("a month")


class BudgetUnit(models.TextChoices):
    TOKENS = "tokens", _("tokens")
    MONEY = "money", _("money")


class Budget(models.Model):
    """For one person, a team, or everyone (neither): each of them, or all together.

    The lowest applicable limit wins; one that is an exception for a person takes the place of all
    others of the same period and unit.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="budgets",
        verbose_name=_("person"),
    )
    group = models.ForeignKey(
        Group,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="budgets",
        verbose_name=_("team"),
        help_text=_("Without person and team: everyone."),
    )
    each = models.BooleanField(
        _("for each person"),
        default=True,
        help_text=_("Otherwise all of them share it."),
    )
    exception = models.BooleanField(
        _("exception"),
        default=False,
        help_text=_("For one person: takes the place of all other limits."),
    )
    period = models.CharField(_("for"), max_length=10, choices=BudgetPeriod)
    unit = models.CharField(_("in"), max_length=10, choices=BudgetUnit)
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[is_currency])
    limit = models.DecimalField(_("limit"), validators=[MinValueValidator(0)], **MONEY)
    hard = models.BooleanField(
        _("hard"),
        default=True,
        help_text=_("Nothing is sent beyond it. Otherwise people are only warned."),
    )
    raised_limit = models.DecimalField(
        _("raised to"), null=True, blank=True, validators=[MinValueValidator(0)], **MONEY
    )
    raised_until = models.DateField(
        _("raised until"), null=True, blank=True, help_text=_("The last day on which it is raised.")
    )
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) | Q(group=None), name="budget_for_one_party"
            ),
            models.CheckConstraint(
                condition=Q(exception=False) | Q(user__isnull=False),
                name="budget_exception_for_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.group or _('everyone')}: {self.limit.normalize():f}"

    def limit_on(self, day: date) -> Decimal:
        """The limit, or what it is raised to on that day."""
        raised = self.raised_limit if self.raised_until and day <= self.raised_until else None
        return self.limit if raised is None else raised


class BudgetSpend(models.Model):
    """What one budget has used in the period that begins on `starts`; `user_id` 0: all together.

    `reserved` belongs to calls that run. Both change only by conditional UPDATEs.
    """

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="spends")
    user_id = models.BigIntegerField(default=0)
    starts = models.DateField()
    spent = models.DecimalField(default=0, **MONEY)
    reserved = models.DecimalField(default=0, **MONEY)
    # The highest share of the limit, in percent, that administrators were told of.
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "user_id", "starts"], name="one_spend_per_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.starts}"


class Reservation(models.Model):
    """What a running call holds of a budget; settled in the transaction that ends the call."""

    completion = models.ForeignKey(
        "chat.Completion", models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    spend = models.ForeignKey(BudgetSpend, models.CASCADE, related_name="reservations")
    amount = models.DecimalField(**MONEY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["completion", "spend"], name="one_reservation_each"),
        ]

    def __str__(self) -> str:
        return f"{self.completion_id} {self.amount}"
