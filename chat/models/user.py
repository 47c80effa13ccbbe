"""People, who sign in with their email address."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Raises ValueError without an email address."""
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """`rights_version` rises with every change of what the person may do.

    Open sockets compare it; see chat.live.sweep.
    """

    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off instead of deleting an account.")
    )
    is_staff = models.BooleanField(
        _("may open the administration"),
        default=False,
        help_text=_("What can be done there is decided by the permissions below."),
    )
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now, editable=False)
    rights_version = models.PositiveIntegerField(default=1, editable=False)
    legal_hold = models.BooleanField(
        _("legal hold"),
        default=False,
        help_text=_("Nothing of what this person has written can be removed."),
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]
        permissions = [
            ("view_usage", _("Can see everybody's usage (numbers only)")),
            ("verify_ledger", _("Can verify the ledger and the audit log")),
            ("enter_invoice", _("Can enter what providers billed")),
            ("correct_ledger", _("Can add corrections to the ledger")),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    @property
    def teams(self) -> models.QuerySet[Group]:
        """The person's groups that are not roles."""
        return self.groups.filter(role=None).order_by("name")

    @property
    def team_names(self) -> list[str]:
        return list(self.teams.values_list("name", flat=True))

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] or self.email.split("@")[0]
