"""How long conversations are kept after their last activity."""

from django.contrib.auth.models import Group
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class RetentionRule(models.Model):
    """For a team, or for everyone who is in no team with a rule. The shortest one of a person
    counts. The ledger is never touched."""

    group = models.OneToOneField(
        Group,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="retention_rule",
        verbose_name=_("team"),
        help_text=_("Empty: everyone who is in no team with a rule."),
    )
    days = models.PositiveIntegerField(
        _("days after the last activity"), validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(group=None), name="one_rule_for_everyone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group or _('everyone')}: {self.days}"
