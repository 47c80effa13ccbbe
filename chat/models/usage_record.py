"""The usage ledger: one row per call to a provider, only ever added to."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .completion import Purpose, State
from .price import MONEY


class Source(models.TextChoices):
    REPORTED = "reported", _("reported")
    ESTIMATED = "estimated", _("estimated")
    UNKNOWN = "unknown", _("unknown")


class UsageRecord(models.Model):
    """Names are copies, and no foreign key holds: a row outlives user, provider, conversation.

    Tokens are null when unknown, never 0. Triggers in the database refuse UPDATE and DELETE
    (chat.migrations); `mac` and the chain show what was changed in spite of them.
    """

    completion_id = models.UUIDField(unique=True)
    conversation_id = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="usage_records",
        verbose_name=_("user"),
    )
    user_email = models.CharField(_("email address"), max_length=254, blank=True)
    user_name = models.CharField(_("name"), max_length=100, blank=True)
    teams = models.CharField(_("teams"), max_length=500, blank=True)
    provider_name = models.CharField(_("provider"), max_length=80)
    model_name = models.CharField(_("model"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    outcome = models.CharField(_("outcome"), max_length=12, choices=State)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    prompt_tokens = models.BigIntegerField(_("prompt tokens"), null=True)
    completion_tokens = models.BigIntegerField(_("completion tokens"), null=True)
    total_tokens = models.BigIntegerField(_("total tokens"), null=True)
    cached_tokens = models.BigIntegerField(_("cached tokens"), null=True)
    reasoning_tokens = models.BigIntegerField(_("reasoning tokens"), null=True)
    mismatch = models.BooleanField(_("total differs from the parts"), default=False)
    anonymized = models.BooleanField(_("anonymised"), null=True)
    moderated = models.BooleanField(_("moderated"), null=True)
    own_key = models.BooleanField(_("with the person's own key"), default=False)
    # What was valid when the call was made, per million tokens; null: no price was entered.
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    prompt_price = models.DecimalField(_("price of prompt tokens"), null=True, **MONEY)
    completion_price = models.DecimalField(_("price of completion tokens"), null=True, **MONEY)
    cached_price = models.DecimalField(_("price of cached tokens"), null=True, **MONEY)
    cost = models.DecimalField(_("cost"), null=True, **MONEY)
    # A correction has tokens and cost as differences, and names the row that it corrects.
    corrects = models.BigIntegerField(_("corrects record"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now)
    # Keyed over all of the above; see chat.domain.chain.
    mac = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("usage record")
        verbose_name_plural = _("usage records")
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["created_at"], name="usage_by_time"),
            models.Index(fields=["user", "created_at"], name="usage_by_user"),
        ]

    def __str__(self) -> str:
        return str(self.completion_id)
