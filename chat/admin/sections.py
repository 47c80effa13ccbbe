"""The sections of the administration's first page, by what people look for."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .health_page import may_view_health
from .rights import may_view_usage

SECTIONS = (
    (_("Usage"), ("UsageRecord",)),
    (_("Providers"), ("Provider", "LanguageModel", "Price", "Preset", "Tool", "ApiKey")),
    (_("People"), ("User", "Group", "Budget")),
    (_("Conversations"), ("Conversation", "RetentionRule")),
    (_("Organisation"), ("Organisation",)),
    (_("Audit"), ("AuditEvent", "ApiToken")),
)
# What Django names otherwise.
NAMES = {"Group": _("Teams")}

USAGE_PAGES = (
    (_("Usage"), "Usage", "admin:usage"),
    (_("Monthly report"), "Report", "admin:usage_report"),
    (_("Invoices"), "Invoices", "admin:usage_invoices"),
)


def sections(request: HttpRequest, apps: list[Any]) -> list[Any]:
    """Sorts the pages that Django found for this person into our sections."""
    pages = {page["object_name"]: page for app in apps for page in app["models"]}
    found = []
    for name, models in SECTIONS:
        listed = [pages[model] for model in models if model in pages]
        for page in listed:
            page["name"] = NAMES.get(page["object_name"], page["name"])
        if models == ("UsageRecord",) and may_view_usage(request):
            listed[:0] = [_page(*page) for page in USAGE_PAGES]
        if "Provider" in models and may_view_health(request):
            listed.append(_page(_("Health of the providers"), "Health", "admin:provider_health"))
        if listed:
            found.append(_section(name, listed))
    return found


def _section(name: Any, pages: list[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "app_label": "chat",
        "app_url": reverse("admin:index"),
        "has_module_perms": True,
        "models": pages,
    }


def _page(name: Any, object_name: str, address: str) -> dict[str, Any]:
    return {
        "name": name,
        "object_name": object_name,
        "perms": {"view": True},
        "admin_url": reverse(address),
        "add_url": None,
        "view_only": True,
    }
