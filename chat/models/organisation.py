"""What the organisation has decided for everyone: one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .language_model import LanguageModel


class Organisation(models.Model):
    """Read with `Organisation.current()`; the row is made when somebody first opens its form."""

    title_model = models.ForeignKey(
        LanguageModel,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("model for titles"),
        help_text=_("Makes the titles of conversations. Empty: from the first words."),
    )
    show_costs = models.BooleanField(
        _("people see what their calls cost"),
        default=False,
        help_text=_("Otherwise they see tokens only."),
    )
    temporary_conversations = models.BooleanField(
        _("people may have temporary conversations"),
        default=True,
        help_text=_("They are not kept, but counted."),
    )
    link_days = models.PositiveSmallIntegerField(
        _("longest life of a link, in days"),
        default=365,
        help_text=_("For links to a conversation that people give to colleagues."),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        default_permissions = ["view", "change"]

    def __str__(self) -> str:
        return str(_("Organisation"))

    @classmethod
    def current(cls) -> "Organisation":
        """The defaults, not saved, before that: reading writes nothing."""
        return cls.objects.select_related("title_model__provider").filter(id=1).first() or cls(id=1)
