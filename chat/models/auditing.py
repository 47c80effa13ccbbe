"""What auditors keep: invoices to compare with, views to come back to, tokens for their tools."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .price import MONEY, is_currency
from .provider import Provider


class Invoice(models.Model):
    """What a provider billed for a month. Entered again it is a new row; the newest counts."""

    provider = models.ForeignKey(
        Provider, models.SET_NULL, null=True, related_name="+", verbose_name=_("provider")
    )
    provider_name = models.CharField(_("provider"), max_length=80)
    # The first day of the month.
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("amount"), **MONEY)
    currency = models.CharField(_("currency"), max_length=3, validators=[is_currency])
    total_tokens = models.PositiveBigIntegerField(_("tokens, if stated"), null=True, blank=True)
    # By model name, what the invoice states: {"amount": text, "tokens": number}.
    models_billed = models.JSONField(default=dict, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    entered_by_name = models.CharField(max_length=254)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-month", "provider_name", "-id"]
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        default_permissions = []

    def __str__(self) -> str:
        return f"{self.provider_name} {self.month:%Y-%m}"


class SavedView(models.Model):
    """A usage view under a name; `query` is its query string."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="one_view_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """Read access for another program. Only a hash is kept; the token is shown once."""

    name = models.CharField(_("name"), max_length=80)
    # SHA-256 in hex: the token is 256 random bits, so nothing slower is needed.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("ends in"), max_length=4, editable=False)
    scopes = models.JSONField(_("may read"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", editable=False
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        default_permissions = ["view", "add", "change"]

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"


class BreakGlass(models.Model):
    """Somebody with the right to it reads a conversation, for a reason, until a moment."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(
        "chat.Conversation", models.CASCADE, related_name="break_glasses"
    )
    reason = models.CharField(_("reason"), max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        default_permissions = []
        permissions = [("break_glass", _("Can read somebody's conversation, with a reason"))]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.conversation_id}"
