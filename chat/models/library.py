"""Prompts that people keep, and presets that administrators publish."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .language_model import LanguageModel
from .user import User


class PromptTemplateQuerySet(models.QuerySet["PromptTemplate"]):
    def visible_to(self, user: User) -> "PromptTemplateQuerySet":
        """One's own, those shared with one's teams, and those for everyone."""
        teams = self.filter(groups__in=user.groups.all()).values("id")
        return self.filter(Q(owner=user) | Q(everyone=True) | Q(id__in=teams))


class PromptTemplate(models.Model):
    """A text with `{{variables}}` that are asked for when it is used."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="prompt_templates"
    )
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=16_000)
    groups = models.ManyToManyField(
        Group, blank=True, verbose_name=_("teams"), help_text=_("Who else may use it.")
    )
    everyone = models.BooleanField(_("everyone may use it"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PromptTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")

    def __str__(self) -> str:
        return self.title


class PresetQuerySet(models.QuerySet["Preset"]):
    def usable_by(self, user: User) -> "PresetQuerySet":
        """Published to everyone or a team of theirs, with a model that they may use."""
        models_of_theirs = LanguageModel.objects.usable_by(user).values("id")
        teams = self.filter(groups__in=user.groups.all()).values("id")
        open_to = Q(groups=None) | Q(id__in=teams)
        return self.filter(open_to, enabled=True, language_model__in=models_of_theirs)


class Preset(models.Model):
    """Model, parameters and instructions under one name: "Translator", "Letter to a customer"."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    language_model = models.ForeignKey(
        LanguageModel, models.CASCADE, related_name="presets", verbose_name=_("model")
    )
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    system_prompt = models.TextField(_("instructions"), max_length=16_000, blank=True)
    groups = models.ManyToManyField(
        Group, blank=True, verbose_name=_("teams"), help_text=_("Who may use it; empty: everyone.")
    )
    enabled = models.BooleanField(_("published"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    objects = PresetQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("preset")
        verbose_name_plural = _("presets")

    def __str__(self) -> str:
        return self.name
