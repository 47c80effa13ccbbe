"""Links that bind the rows of an append-only table in their order."""

from django.db import models


class Chain(models.TextChoices):
    USAGE = "usage"
    AUDIT = "audit"


class ChainLink(models.Model):
    """Row `row_id` is number `seq`; `digest` is keyed over the one before and the row's `mac`.

    Links are added a moment after the rows, by one writer at a time, so that replies which end
    together do not wait for each other.
    """

    chain = models.CharField(max_length=5, choices=Chain)
    seq = models.PositiveBigIntegerField()
    row_id = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = []
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="one_link_per_number"),
            models.UniqueConstraint(fields=["chain", "row_id"], name="one_link_per_row"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"
