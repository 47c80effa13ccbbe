"""The language models that people may choose from."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from .provider import Policy, Provider
from .user import User


class LanguageModelQuerySet(models.QuerySet["LanguageModel"]):
    def usable_by(self, user: User) -> "LanguageModelQuerySet":
        """Enabled at an enabled provider, and open to everyone or to one of the user's teams."""
        open_to = models.Q(groups=None) | models.Q(groups__in=user.groups.all())
        return self.filter(open_to, enabled=True, provider__enabled=True).distinct()


class LanguageModel(models.Model):
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="language_models")
    model_name = models.CharField(
        _("model name"), max_length=200, help_text=_("As the provider spells it.")
    )
    label = models.CharField(
        _("label"), max_length=100, blank=True, help_text=_("What people see; empty: the name.")
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    groups = models.ManyToManyField(
        Group,
        blank=True,
        verbose_name=_("teams"),
        help_text=_("Who may use it; empty: everyone."),
    )
    context_window = models.PositiveIntegerField(_("context window"), null=True, blank=True)
    default_parameters = models.JSONField(_("default parameters"), default=dict, blank=True)
    anonymize_policy = models.CharField(
        _("anonymise"),
        max_length=10,
        choices=Policy,
        blank=True,
        help_text=_("Empty: as set for the provider."),
    )
    moderate_policy = models.CharField(
        _("moderate before sending"),
        max_length=10,
        choices=Policy,
        blank=True,
        help_text=_("Empty: as set for the provider."),
    )
    # What the provider counts for each token of our estimate; see chat.domain.calibration.
    estimate_factor = models.FloatField(default=1.0, editable=False)
    estimate_factor_at = models.DateTimeField(null=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    objects = LanguageModelQuerySet.as_manager()

    class Meta:
        ordering = ["provider__name", "position", "model_name"]
        verbose_name = _("language model")
        verbose_name_plural = _("language models")
        constraints = [
            models.UniqueConstraint(fields=["provider", "model_name"], name="one_row_per_model")
        ]

    def __str__(self) -> str:
        return self.label or self.model_name

    def policy_for(self, parameter: str) -> str:
        """The policy on a privacy parameter: the model's own, else the provider's."""
        own = self.anonymize_policy if parameter == "anonymize" else self.moderate_policy
        return own or self.provider.policy_for(parameter)
