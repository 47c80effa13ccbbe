"""API keys: which there are, since when, and the way to revoke one. Never the key itself."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.models import ApiKey

from .audited import Audited
from .rights import ReadOnly


class ApiKeyAdmin(Audited, ReadOnly):
    list_display = ["ending", "provider", "of", "created_at", "created_by"]
    list_display += ["last_used_at", "refused_at", "state"]
    list_filter = ["provider"]
    list_select_related = ["provider", "owner", "created_by"]
    search_fields = ["provider__name", "owner__email"]
    search_help_text = _("Provider or owner's email")
    fields = [
        "ending",
        "provider",
        "of",
        "created_at",
        "maker",
        "last_used_at",
        "refused_at",
        "revoked_at",
    ]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.change_apikey")

    @admin.display(description=_("key"), ordering="hint")
    def ending(self, key: ApiKey) -> str:
        return gettext("ends in …{hint}").format(hint=key.hint)

    @admin.display(description=_("belongs to"), ordering="owner__email")
    def of(self, key: ApiKey) -> str:
        return key.owner.email if key.owner else gettext("the organisation")

    @admin.display(description=_("created by"))
    def maker(self, key: ApiKey) -> str:
        """A name and no link: who looks after keys may not look at people."""
        return str(key.created_by or "–")

    @admin.display(description=_("in use"), boolean=True, ordering="revoked_at")
    def state(self, key: ApiKey) -> bool:
        return key.revoked_at is None

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, keys: QuerySet[Any]) -> None:
        count = 0
        for key in keys.filter(revoked_at=None):
            key.revoke()
            self.log_change(request, key, gettext("Revoked."))
            count += 1
        words = ngettext("Revoked {count} key.", "Revoked {count} keys.", count)
        self.message_user(request, words.format(count=count))
