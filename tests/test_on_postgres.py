"""What people do in a day, through the domain: the same happens on SQLite and on PostgreSQL."""

import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import django
import pytest

if __name__ == "__main__":
    django.setup()

from django.utils import timezone

from chat import providers
from chat.domain import (
    begin,
    branches,
    budgets,
    chain,
    comments,
    deletions,
    drafts,
    endings,
    filing,
    history,
    listings,
    notices,
    own_usage,
    replies,
    retention,
    sharing,
    transcript,
    usage_checks,
    usage_days,
    verifying,
    visits,
)
from chat.domain.filing import Action
from chat.domain.periods import Period
from chat.domain.runs import Ending, Piece
from chat.domain.search import search
from chat.domain.usage_sums import Where, sums
from chat.models import (
    ApiKey,
    AuditEvent,
    Budget,
    Conversation,
    Folder,
    LanguageModel,
    Message,
    Price,
    Provider,
    RetentionRule,
    UsageRecord,
    User,
)
from chat.models.chain_link import Chain
from chat.models.completion import Part, State
from chat.models.share import Role
from chat.protocol import EditMessage, RegenerateReply, SendMessage
from chat.providers import Usage

from .processes import ROOT, environment
from .twice import sent_at_one_instant

NODE = "node"
EXPECTED = {
    "told": ["An offer for Zürich?", "The offer: 3 rooms."],
    "edited": ["And for Genève?", "The offer: 4 rooms."],
    "again": ["And for Genève?", "The offer: 5 rooms."],
    "beside": [2, 2],
    "after deleting": ["An offer for Zürich?", "The offer: 3 rooms."],
    "brought back": ["And for Genève?", "The offer: 5 rooms."],
    "budget": ["5000.00000000", "45.00000000", True, "0.00000000"],
    "costs": "0.00009000",
    "by day": [3, 45, "0.00009000"],
    "own": [3, 45, 1],
    "sums": [None, 3, None],
    "found by": {"alice": 1, "bob": 1, "charlie": 0},
    "pages": [["7", "6", "5"], ["4", "3", "2"], ["1", "0", "Moving"]],
    "lists": {"pinned": ["Moving"], "shared": ["Moving"], "folder": ["7"]},
    "comment": [1, 1, ["@Bob Brunner", " look"]],
    "bob is told": 2,
    "drafts": [["typed", 1], True],
    "copy": ["And for Genève?", "The offer: 5 rooms."],
    "chains": {"usage": [3, None], "audit": [2, None]},
    "removed": [1, 0],
    "left": 9,
    "at one instant": [1, 1],
}


def test_sqlite_does_it(db: None) -> None:
    assert play() == EXPECTED


@pytest.mark.postgres
def test_postgres_does_the_same(migrated: str, tmp_path: Path) -> None:
    there = environment(
        DATABASE_URL=migrated,
        CHATSITE_DATA_DIR=tmp_path,
        DJANGO_SETTINGS_MODULE="chatsite.settings",
    )
    script = [sys.executable, "-m", "tests.test_on_postgres"]
    done = subprocess.run(script, cwd=ROOT, env=there, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert json.loads(done.stdout) == EXPECTED


def play() -> dict[str, Any]:
    names = ("Alice Adler", "Bob Brunner", "Charlie Caflisch")
    alice, bob, charlie = (
        User.objects.create_user(f"{name.split()[0].lower()}@example.org", "x", name=name)
        for name in names
    )
    model = _model()
    happened = _writing(alice, model)
    conversation = Conversation.objects.get()
    history.rename(conversation, "Moving")
    happened |= _counting(alice)
    happened |= _together(alice, bob, conversation)
    happened["found by"] = {
        person.email.split("@")[0]: len(search(person, "zurich").messages)
        for person in (alice, bob, charlie)
    }
    happened |= _filing(alice, bob, conversation)
    happened["copy"] = _shown(branches.branch(bob, conversation, _leaf(conversation)))
    happened |= _ending(alice)
    happened["at one instant"] = sent_at_one_instant(charlie, model, NODE)
    return happened


def _model() -> LanguageModel:
    provider = Provider.objects.create(
        name="House", kind="openai_compatible", base_url="http://127.0.0.1:9/v1"
    )
    key = ApiKey(provider=provider)
    key.seal(providers.Secret("sk-test-0123456789"))
    key.save()
    model = LanguageModel.objects.create(provider=provider, model_name="house-1")
    Price.objects.create(
        language_model=model, valid_from="2026-01-01", currency="CHF", prompt=2, completion=2
    )
    return model


def _writing(alice: User, model: LanguageModel) -> dict[str, Any]:
    """A question, asked differently, answered twice; deleted and brought back."""
    Budget.objects.create(user=alice, period="day", unit="tokens", limit=5000)
    here = uuid4()
    _answer(
        replies.send(alice, SendMessage(1, here, uuid4(), "An offer for Zürich?", model.id), NODE),
        3,
    )
    conversation = Conversation.objects.get(id=here)
    told = _shown(conversation)
    question = Message.objects.get(role="user")
    edit = EditMessage(2, here, uuid4(), question.id, "And for Genève?")
    _answer(replies.edit(alice, edit, NODE), 4)
    edited = _shown(conversation)
    again = RegenerateReply(3, here, uuid4(), _leaf(conversation).id)
    started = replies.regenerate(alice, again, NODE)
    reserved = budgets.left_for(alice)[0].reserved > 0
    _answer(started, 5)
    left = budgets.left_for(alice)[0]
    answered = _shown(conversation)
    asked = Message.objects.get(content="And for Genève?")
    beside = history.siblings([asked, _leaf(conversation)])
    deletion = deletions.delete(alice, conversation, asked)
    after = _shown(conversation)
    deletions.undo(alice, conversation, deletion.id)
    return {
        "told": told,
        "edited": edited,
        "again": answered,
        "beside": [len(ids) for ids in beside.values()],
        "after deleting": after,
        "brought back": _shown(conversation),
        "budget": [*map(_money, (left.limit, left.spent)), reserved, _money(left.reserved)],
    }


def _answer(started: replies.Started, rooms: int) -> None:
    run = begin.begin(started.completion.id, NODE)
    assert run is not None
    texts = enumerate(("The offer: ", f"{rooms} rooms."))
    pieces = [Piece(run.owner, run.replies[0], seq, Part.CONTENT, text) for seq, text in texts]
    ending = Ending(State.COMPLETED, ("stop",), usage=Usage(10, 5, 15), accepted=True)
    assert endings.finish(run, ending, pieces, "prompt")


def _shown(conversation: Conversation) -> list[str]:
    conversation.refresh_from_db()
    return [turn.message.content for turn in transcript.transcript(conversation).turns]


def _leaf(conversation: Conversation) -> Message:
    conversation.refresh_from_db()
    assert conversation.leaf is not None
    return conversation.leaf


def _money(amount: Decimal) -> str:
    return f"{amount:.8f}"


def _counting(alice: User) -> dict[str, Any]:
    by_day = sums(Period(), Where(users=(alice.id,)), ["day", "model"])
    (day,) = by_day.values()
    own = own_usage.own_usage(alice)
    kept = usage_checks.first_difference()
    counted = usage_days.rebuild()
    return {
        "costs": _money(
            sum((record.cost or Decimal(0) for record in UsageRecord.objects.all()), Decimal(0))
        ),
        "by day": [day.calls, day.total, _money(day.costs["CHF"])],
        "own": [own.total.calls, own.total.total, len(own.left)],
        "sums": [kept, counted, usage_checks.first_difference()],
    }


def _together(alice: User, bob: User, conversation: Conversation) -> dict[str, Any]:
    sharing.grant(alice, conversation, sharing.Party(bob), Role.VIEWER)
    message = _leaf(conversation)
    told = comments.add(alice, conversation, message, uuid4(), "@Bob Brunner look")
    (entry,) = comments.entries(bob, conversation, message)
    visits.note(bob, conversation)
    first = drafts.save(alice, conversation, "typed", 0)
    drafts.save(alice, conversation, "typed here", first.version)
    try:
        drafts.save(alice, conversation, "typed elsewhere", first.version)
        refused = False
    except drafts.NewerDraft:
        refused = True
    return {
        "comment": [told.count, len(told.mentioned), [text for text, _ in entry.pieces]],
        "bob is told": notices.count(bob),
        "drafts": [[first.text, first.version], refused],
    }


def _filing(alice: User, bob: User, conversation: Conversation) -> dict[str, Any]:
    """Moved back in time, so that the pages have an order."""
    now = timezone.now()
    Conversation.objects.update(updated_at=now - timedelta(days=3))
    made = [Conversation.objects.create(owner=alice, title=str(number)) for number in range(8)]
    for number, row in enumerate(made):
        Conversation.objects.filter(id=row.id).update(updated_at=now + timedelta(seconds=number))
    pages: list[list[str]] = []
    after = None
    while not pages or after:
        page = listings.page(alice, "recent", 3, after)
        pages.append([row.title for row in page.conversations])
        after = page.rest
    filing.file([conversation], Action.PIN)
    folder = Folder.objects.create(owner=alice, name="Trips")
    filing.move([made[7]], folder)
    names = {
        "pinned": (alice, "pinned"),
        "shared": (bob, "shared"),
        "folder": (alice, f"folder-{folder.id}"),
    }
    lists = {
        name: [row.title for row in listings.page(person, which, 9).conversations]
        for name, (person, which) in names.items()
    }
    return {"pages": pages, "lists": lists}


def _ending(alice: User) -> dict[str, Any]:
    RetentionRule.objects.create(days=1)
    removed = [retention.remove_due(), retention.remove_due()]
    chains = {}
    for name in Chain:
        chain.extend(name)
        verdict = verifying.verify(name)
        chains[name.value] = [verdict.rows, verdict.finding and verdict.finding.words]
    assert AuditEvent.objects.exists()
    return {"removed": removed, "chains": chains, "left": Conversation.objects.count()}


if __name__ == "__main__":
    print(json.dumps(play()))
