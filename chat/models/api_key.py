"""Keys to the providers: sealed, bound to their row and host, and never shown again."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import providers

from . import sealing
from .provider import Provider


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> "ApiKeyQuerySet":
        return self.filter(revoked_at=None)


class ApiKey(models.Model):
    """`owner` null means the organisation's own key. The plain key is never a field."""

    # Known before the first save, because the seal is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="api_keys")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="api_keys"
    )
    label = models.CharField(_("label"), max_length=80, blank=True)
    sealed = models.BinaryField(editable=False)
    hint = models.CharField(_("ends in"), max_length=4, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    # While there was another one to turn to.
    refused_at = models.DateTimeField(_("last refused"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"…{self.hint}"

    @property
    def context(self) -> dict[str, str]:
        """What the seal is bound to: a copy in another row, field or host does not open."""
        return {
            "table": "api_key",
            "field": "sealed",
            "row": str(self.id),
            "provider": str(self.provider_id),
            "origin": self.provider.origin,
        }

    def seal(self, secret: providers.Secret) -> None:
        """Puts the secret in place; the row is not saved. Needs `provider` saved."""
        plain = secret.reveal()
        self.hint = plain[-4:]
        self.sealed = sealing.seal(plain.encode("ascii"), self.context)

    def reveal(self) -> providers.Secret:
        """Raises crypto.SealBroken or crypto.UnknownKey."""
        return providers.Secret(sealing.unseal(self.sealed, self.context).decode("ascii"))

    def reseal(self) -> None:
        """Seals anew with the newest key of the ring and saves."""
        self.seal(self.reveal())
        self.save(update_fields=["sealed", "hint"])

    def revoke(self) -> None:
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])
