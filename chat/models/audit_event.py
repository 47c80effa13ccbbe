"""The audit log: who did what to what, and why; only ever added to."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
    SIGNED_OUT = "signed_out", _("signed out")
    PASSWORD_CHANGED = "password_changed", _("changed a password")
    PERSON_CHANGED = "person_changed", _("changed a person's account")
    PERSON_DELETED = "person_deleted", _("deleted a person's account")
    ROLE_CHANGED = "role_changed", _("changed a person's teams or permissions")
    PROVIDER_CHANGED = "provider_changed", _("changed a provider")
    MODEL_CHANGED = "model_changed", _("changed a model")
    POLICY_CHANGED = "policy_changed", _("changed a policy")
    KEY_ENTERED = "key_entered", _("entered a key")
    KEY_REVOKED = "key_revoked", _("revoked a key")
    TOOL_CHANGED = "tool_changed", _("changed a tool")
    PRICE_CHANGED = "price_changed", _("changed a price")
    BUDGET_CHANGED = "budget_changed", _("changed a budget")
    RETENTION_CHANGED = "retention_changed", _("changed how long conversations are kept")
    HOLD_CHANGED = "hold_changed", _("changed a legal hold")
    SHARED = "shared", _("shared a conversation")
    SHARE_CHANGED = "share_changed", _("changed a share")
    SHARE_REVOKED = "share_revoked", _("revoked a share")
    SHARE_LEFT = "share_left", _("left what was shared")
    LINK_MADE = "link_made", _("made a link")
    LINK_REVOKED = "link_revoked", _("revoked a link")
    LINK_OPENED = "link_opened", _("opened a link")
    EXPORTED = "exported", _("exported data")
    IMPORTED = "imported", _("imported conversations")
    DELETED = "deleted", _("deleted conversations")
    REMOVED_BY_RETENTION = "retention", _("removed conversations that were due")
    BREAK_GLASS = "break_glass", _("opened somebody's conversation")
    TOKEN_MADE = "token_made", _("made an access token")
    TOKEN_REVOKED = "token_revoked", _("revoked an access token")
    INVOICE_ENTERED = "invoice_entered", _("entered an invoice")
    LEDGER_CORRECTED = "ledger_corrected", _("corrected the ledger")
    SETTING_CHANGED = "setting_changed", _("changed a setting")


class AuditEvent(models.Model):
    """Names are copies: a row outlives whoever and whatever it is about. Never content.

    Triggers refuse UPDATE and DELETE; `mac` and the chain show what was changed in spite of them.
    """

    created_at = models.DateTimeField(_("time"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_email = models.CharField(_("email address"), max_length=254, blank=True)
    actor_name = models.CharField(_("name"), max_length=100, blank=True)
    verb = models.CharField(_("what"), max_length=20, choices=Verb)
    object_type = models.CharField(_("kind of thing"), max_length=40, blank=True)
    object_id = models.CharField(_("number of the thing"), max_length=40, blank=True)
    object_name = models.CharField(_("thing"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    # JSON with sorted keys, kept as text: its bytes are part of what `mac` covers.
    details = models.TextField(_("details"), default="{}")
    # No two rows are the same, so none can be put in a second time.
    nonce = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mac = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit log")
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["created_at"], name="audit_by_time"),
            models.Index(fields=["actor", "created_at"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb}"
