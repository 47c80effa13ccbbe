"""Sums of the ledger by day: what the usage pages read."""

from django.db import models

from .price import MONEY


class UsageDay(models.Model):
    """The calls of one person with one model on one day in the site's time zone, by outcome.

    Written in the transaction that adds to the ledger; can be made anew from it. Sums of tokens
    hold only what is known: `*_known` counts the calls that told. `user_id` 0: nobody.
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
    prompt_tokens = models.PositiveBigIntegerField(default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0)
    total_tokens = models.PositiveBigIntegerField(default=0)
    total_known = models.PositiveBigIntegerField(default=0)
    cached_tokens = models.PositiveBigIntegerField(default=0)
    reasoning_tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(default=0, **MONEY)
    priced = models.PositiveBigIntegerField(default=0)
    anonymized = models.PositiveBigIntegerField(default=0)
    moderated = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "day",
                    "user_id",
                    "user_email",
                    "teams",
                    "provider_name",
                    "model_name",
                    "purpose",
                    "outcome",
                    "currency",
                ],
                name="one_row_per_day_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"
