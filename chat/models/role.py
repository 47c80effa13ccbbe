"""Roles: groups that give permissions in the administration; other groups are teams."""

from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class RoleKey(models.TextChoices):
    AUDITOR = "auditor", _("Usage auditor")
    PROVIDERS = "providers", _("Provider administrator")
    PEOPLE = "people", _("User administrator")
    READER = "reader", _("Conversation reader")


class RoleGroup(models.Model):
    """Marks a group as one of the roles. Groups without it are teams."""

    group = models.OneToOneField(Group, models.CASCADE, primary_key=True, related_name="role")
    key = models.CharField(max_length=10, choices=RoleKey, unique=True)

    class Meta:
        default_permissions = []

    def __str__(self) -> str:
        return str(self.get_key_display())


EVERYTHING = ("view", "add", "change", "delete")
# By role: what may be done with which table, or a permission of its own.
PERMISSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    RoleKey.AUDITOR: {
        "usagerecord": ("view",),
        "auditevent": ("view",),
        "apitoken": ("view", "add", "change"),
        "": ("view_usage", "verify_ledger", "enter_invoice", "correct_ledger"),
    },
    RoleKey.PROVIDERS: {
        "provider": EVERYTHING,
        "languagemodel": EVERYTHING,
        "apikey": ("view", "change"),
        "tool": EVERYTHING,
        "preset": EVERYTHING,
        "price": EVERYTHING,
        "budget": EVERYTHING,
        "retentionrule": EVERYTHING,
        "organisation": ("view", "change"),
    },
    RoleKey.PEOPLE: {
        "user": EVERYTHING,
        "group": EVERYTHING,
        "conversation": ("view",),
        "budget": ("view",),
        "": ("hold_conversation",),
    },
    RoleKey.READER: {"conversation": ("view",), "": ("break_glass",)},
}
NAMES = {
    RoleKey.AUDITOR: "Usage auditor",
    RoleKey.PROVIDERS: "Provider administrator",
    RoleKey.PEOPLE: "User administrator",
    RoleKey.READER: "Conversation reader",
}


def make_roles(apps: Any) -> None:
    """Makes the roles with their permissions; for migrations, with their registry of apps.

    Permissions are usually made only after all migrations: here they are needed before.
    """
    for label in ("auth", "chat"):
        config = apps.get_app_config(label)
        known_module = getattr(config, "models_module", None)
        config.models_module = known_module or True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = known_module
    groups, roles = apps.get_model("auth", "Group"), apps.get_model("chat", "RoleGroup")
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label__in=("auth", "chat")
    )
    known = {permission.codename: permission for permission in permissions}
    for key, rights in PERMISSIONS.items():
        group, _made = groups.objects.get_or_create(name=NAMES[RoleKey(key)])
        roles.objects.get_or_create(group=group, defaults={"key": key})
        names = [_codename(table, right) for table, of in rights.items() for right in of]
        group.permissions.set([known[name] for name in names])


def _codename(table: str, right: str) -> str:
    return f"{right}_{table}" if table else right
