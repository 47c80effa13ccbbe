"""Every address of the site, found by walking the URL conf, and the people who try them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, get_resolver

from chat.models import (
    ApiToken,
    AuditEvent,
    Conversation,
    Invoice,
    LanguageModel,
    Message,
    RetentionRule,
    Tool,
    UsageRecord,
    User,
)

PEOPLE = ("alice", "frida", "bob", "gino", "charlie", "dana", "erin", "nobody", "deactivated")
# Those who may see Alice's conversation.
READERS = PEOPLE[:4]


def tried_by(route: str) -> tuple[str, ...]:
    """In the administration, those with whom something was shared are like anybody."""
    return (PEOPLE[0], *PEOPLE[4:]) if route.startswith("admin/") else PEOPLE


def routes() -> Iterator[str]:
    """Each once, in the order in which Django tries them."""
    seen = set()
    for route in _walk(get_resolver(), ""):
        if route not in seen:
            seen.add(route)
            yield route


def _walk(resolver: Any, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern, route)


@dataclass(frozen=True)
class Things:
    """Alice's, and what the administration shows."""

    conversation: Conversation
    question: Message
    record: UsageRecord
    group: Group
    alice: User
    model: LanguageModel

    def address(self, route: str) -> str:
        """The route with an id of something that exists."""
        of_admin = re.match(r"admin/(?:chat|auth)/(\w+)/", route)
        row = self._rows[of_admin.group(1)] if of_admin else 1
        kind = "csv" if route.startswith("admin/") else "json"
        words = {**self._words, "object_id": row, "kind": kind}
        route = route.replace(r"^(?P<app_label>chat|auth)/$", "chat/")
        route = route.replace(r"^confirm-email/(?P<key>[-:\w]+)/$", "confirm-email/x/")
        route = route.replace(r"(?P<url>.*)$", "nothing/here/")
        route = re.sub(r"\^password/reset/key/.*", "password/reset/key/1-x/", route)
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(words[name.group(1)]), route)

    @cached_property
    def _words(self) -> dict[str, object]:
        """What parameters are called, in the addresses of the site."""
        return {
            "conversation_id": self.conversation.id,
            "message_id": self.question.id,
            "comment_id": 1,
            "deletion_id": self.conversation.deletions.get().id,
            "language_model_id": self.model.id,
            "provider_id": self.model.provider_id,
            "attachment_id": self.question.attachments.get().id,
            "prompt_id": self.alice.prompt_templates.get().id,
            "preset_id": self.model.presets.get().id,
            "folder_id": self.alice.folders.get().id,
            "share_id": self.conversation.shares.get(role="viewer").id,
            "transfer_id": self.alice.transfers.get().id,
            "form": "json",
            "link_id": self.conversation.links.get().id,
            "name": f"folder-{self.alice.folders.get().id}",
            "user_id": self.alice.id,
            "id": self.alice.id,
            "pk": self.model.provider_id,
            "key": "x",
            "content_type_id": 1,
            "view_id": 1,
            "invoice_id": Invoice.objects.get().id,
            "record_id": self.record.id,
        }

    @cached_property
    def _rows(self) -> dict[str, object]:
        """A row of each table of the administration."""
        return {
            "provider": self.model.provider_id,
            "languagemodel": self.model.id,
            "preset": self.model.presets.get().id,
            "price": self.model.prices.get().id,
            "budget": self.alice.budgets.get().id,
            "tool": Tool.objects.get().id,
            "apikey": self.model.provider.api_keys.get().id,
            "user": self.alice.id,
            "group": self.group.id,
            "conversation": self.conversation.id,
            "organisation": 1,
            "usagerecord": self.record.id,
            "auditevent": AuditEvent.objects.latest("id").id,
            "apitoken": ApiToken.objects.get().id,
            "retentionrule": RetentionRule.objects.get().id,
        }


def client_of(person: User | None, **options: Any) -> Client:
    client = Client(**options)
    if person is not None:
        client.force_login(person)
    return client
