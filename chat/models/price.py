"""Prices of language models, each from a day on."""

from typing import Any

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .language_model import LanguageModel

MONEY: dict[str, Any] = {"max_digits": 18, "decimal_places": 8}
NOT_NEGATIVE = [MinValueValidator(0)]
is_currency = RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, for example CHF."))


class Price(models.Model):
    """Per million tokens. A later price never changes what earlier calls cost."""

    language_model = models.ForeignKey(
        LanguageModel, models.CASCADE, related_name="prices", verbose_name=_("model")
    )
    valid_from = models.DateField(_("valid from"))
    currency = models.CharField(_("currency"), max_length=3, validators=[is_currency])
    prompt = models.DecimalField(_("prompt tokens, per million"), validators=NOT_NEGATIVE, **MONEY)
    completion = models.DecimalField(
        _("completion tokens, per million"), validators=NOT_NEGATIVE, **MONEY
    )
    cached = models.DecimalField(
        _("cached prompt tokens, per million"),
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
        help_text=_("Empty: as other prompt tokens."),
        **MONEY,
    )

    class Meta:
        ordering = ["language_model", "-valid_from"]
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                fields=["language_model", "valid_from"], name="one_price_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language_model} {self.valid_from}"
