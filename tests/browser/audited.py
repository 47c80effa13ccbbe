"""What the auditor finds: calls of March 2026, an invoice, a correction; and what stays hidden.

`fill` is run in Django's shell of a site that has not started yet.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

DANA, ALICE = "dana@example.org", "alice@example.org"
PASSWORD = "correct-horse-battery"
# In a title, a question and instructions, and in a key: nowhere else.
PHRASE = "velvet-otter-lantern"
KEY = "sk-velvet-otter-0123456789"
HOUSE = {"provider_name": "House models", "model_name": "house-1", "currency": "CHF"}
REPORTED = {
    **HOUSE,
    "prompt_tokens": 1000,
    "completion_tokens": 234,
    "total_tokens": 1234,
    "cost": Decimal("1.20"),
    "teams": "Law",
}
ESTIMATED = {
    **HOUSE,
    "source": "estimated",
    "outcome": "stopped",
    "prompt_tokens": 40,
    "completion_tokens": 10,
    "total_tokens": 50,
    "cost": Decimal("0.05"),
    "teams": "Law",
}
UNPRICED = {
    "provider_name": "Swiss hosting",
    "model_name": "alpine-large",
    "prompt_tokens": 5000,
    "completion_tokens": 500,
    "total_tokens": 5500,
    "anonymized": True,
}
UNKNOWN = {
    **HOUSE,
    "source": "unknown",
    "outcome": "failed",
    "prompt_tokens": None,
    "completion_tokens": None,
    "total_tokens": None,
}
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    (ALICE, REPORTED),
    (ALICE, REPORTED),
    (ALICE, ESTIMATED),
    ("bob@example.org", UNPRICED),
)
LAST_CALL: tuple[str, dict[str, Any]] = ("bob@example.org", UNKNOWN)


def fill() -> None:
    from django.contrib.auth.models import Group

    from chat import providers
    from chat.domain import api_tokens, invoices, keys, ledger
    from chat.models import Conversation, Message, Provider, User
    from tests.ledger import record

    erin = User.objects.get(is_superuser=True)
    keys.enter_key(Provider.objects.all()[0], providers.Secret(KEY), erin)
    alice = User.objects.create_user(ALICE, name="Alice Adler")
    bob = User.objects.create_user("bob@example.org", name="Bob Brunner")
    dana = User.objects.create_user(DANA, PASSWORD, name="Dana Dubois", is_staff=True)
    dana.groups.add(Group.objects.get(role__key="auditor"))
    conversation = Conversation.objects.create(owner=alice, title=PHRASE, system_prompt=PHRASE)
    Message.objects.create(conversation=conversation, role="user", content=PHRASE, author=alice)
    people = {ALICE: alice, bob.email: bob}
    rows = [
        record(people[email], datetime(2026, 3, day, 12, tzinfo=UTC), **fields)
        for day, (email, fields) in enumerate((*CALLS, LAST_CALL), start=9)
    ]
    ledger.correct_by(erin, rows[0], {"total_tokens": -4, "prompt_tokens": -4}, "counted twice")
    invoices.enter(erin, "House models", date(2026, 3, 1), amount=Decimal(3), currency="CHF")
    api_tokens.make(erin, "Controlling", [api_tokens.Scope.SUMS])
