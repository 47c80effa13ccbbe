"""Sums of the ledger by day and by month: what the usage pages read."""

from django.db import models

from .price import MONEY

KINDS = [
    "user_id",
    "user_email",
    "teams",
    "provider_name",
    "model_name",
    "purpose",
    "outcome",
    "currency",
]


class UsageSum(models.Model):
    """The calls of one person with one model in a span that begins on `day`, by outcome.

    Written in the transaction that adds to the ledger; can be made anew from it. Sums of tokens
    hold only what is known: `*_known` counts the calls that told. `user_id` 0: nobody. A correction
    may make a sum of tokens or of cost negative, never a count of calls.
    """

    day = models.DateField()
    user_id = models.BigIntegerField(default=0)
    user_email = models.CharField(max_length=254, blank=True)
    user_name = models.CharField(max_length=100, blank=True)
    teams = models.CharField(max_length=500, blank=True)
    provider_name = models.CharField(max_length=80)
    model_name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=10)
    outcome = models.CharField(max_length=12)
    currency = models.CharField(max_length=3, blank=True)
    calls = models.PositiveBigIntegerField(default=0)
    reported = models.PositiveBigIntegerField(default=0)
    estimated = models.PositiveBigIntegerField(default=0)
    unknown = models.PositiveBigIntegerField(default=0)
    prompt_tokens = models.BigIntegerField(default=0)
    completion_tokens = models.BigIntegerField(default=0)
    total_tokens = models.BigIntegerField(default=0)
    total_known = models.PositiveBigIntegerField(default=0)
    cached_tokens = models.BigIntegerField(default=0)
    reasoning_tokens = models.BigIntegerField(default=0)
    cost = models.DecimalField(default=0, **MONEY)
    priced = models.PositiveBigIntegerField(default=0)
    anonymized = models.PositiveBigIntegerField(default=0)
    moderated = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"


class UsageDay(UsageSum):
    """A day in the site's time zone."""

    class Meta:
        default_permissions = []
        constraints = [
            models.UniqueConstraint(fields=["day", *KINDS], name="one_row_per_day_and_kind"),
        ]
        indexes = [models.Index(fields=["user_id", "day"], name="usage_day_by_user")]


class UsageMonth(UsageSum):
    """A month in the site's time zone; `day` is its first. For ranges that hold whole months."""

    class Meta:
        default_permissions = []
        constraints = [
            models.UniqueConstraint(fields=["day", *KINDS], name="one_row_per_month_and_kind"),
        ]
        indexes = [models.Index(fields=["user_id", "day"], name="usage_month_by_user")]
