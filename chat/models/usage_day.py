"""Sums of the ledger by day and by month: what the usage pages read."""

from typing import Any, ClassVar

from django.db import models

from .price import MONEY

# What the calls in one row have in common, beside the day; and what is added up over them.
CALL = ("provider_name", "model_name", "purpose", "outcome", "currency")
PERSON = ("user_id", "user_email", "teams")
SUMS = (
    "calls",
    "reported",
    "estimated",
    "unknown",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "total_known",
    "cached_tokens",
    "reasoning_tokens",
    "cost",
    "priced",
    "anonymized",
    "moderated",
)


class UsageSum(models.Model):
    """The calls of a span that begins on `day`, by `kinds`.

    Written in the transaction that adds to the ledger; can be made anew from it. Sums of tokens
    hold only what is known: `*_known` counts the calls that told. A correction may make a sum of
    tokens or of cost negative, never a count of calls.
    """

    kinds: ClassVar[tuple[str, ...]] = CALL

    day = models.DateField()
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
        return f"{self.day} {self.provider_name} {self.model_name}"


class PersonalSum(UsageSum):
    """The calls of one person. `user_id` 0: nobody."""

    kinds = (*PERSON, *CALL)

    user_id = models.BigIntegerField(default=0)
    user_email = models.CharField(max_length=254, blank=True)
    user_name = models.CharField(max_length=100, blank=True)
    teams = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


def _one_row_per_kind(name: str, kinds: tuple[str, ...]) -> Any:
    return models.UniqueConstraint(fields=["day", *kinds], name=name)


class UsageDay(PersonalSum):
    """A day in the site's time zone."""

    class Meta:
        default_permissions = []
        constraints = [_one_row_per_kind("one_row_per_day_and_kind", PersonalSum.kinds)]
        indexes = [models.Index(fields=["user_id", "day"], name="usage_day_by_user")]


class UsageMonth(PersonalSum):
    """A month in the site's time zone; `day` is its first. For ranges that hold whole months."""

    class Meta:
        default_permissions = []
        constraints = [_one_row_per_kind("one_row_per_month_and_kind", PersonalSum.kinds)]
        indexes = [models.Index(fields=["user_id", "day"], name="usage_month_by_user")]


class UsageTotal(UsageSum):
    """A day in the site's time zone, of everybody: for long ranges where nobody is asked for."""

    class Meta:
        default_permissions = []
        constraints = [_one_row_per_kind("one_row_per_total_and_kind", UsageSum.kinds)]
