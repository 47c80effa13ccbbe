"""A few conversations of the cast, and what each search finds in them, on every database."""

import json
import sys
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import django
from django.utils import timezone

if __name__ == "__main__":
    django.setup()

from django.contrib.auth.models import Group
from django.db import connection

from chat.domain.search import search
from chat.domain.searching import postgresql
from chat.models import (
    Attachment,
    Comment,
    Completion,
    Conversation,
    Folder,
    LanguageModel,
    LinkView,
    Message,
    Provider,
    Share,
    ShareLink,
    User,
)

# What is found, newest first; titles before messages.
ALICE = {
    "offer": "link1 all1 team1 rabbit answer ask",
    "OFFER": "link1 all1 team1 rabbit answer ask",
    "off": "link1 all1 team1 rabbit answer ask",
    "off ": "",
    "zurich": "budget1 ask",
    "Zürich": "budget1 ask",
    "offer zürich": "ask",
    "secret": "",
    "passing": "",
    '"three rooms"': "answer",
    '"rooms three"': "",
    "moving": "#Moving ask",
    "天気": "sky",
    "気": "sky",
    "良い天": "sky",
    "雨": "",
    "foo_bar": "sheet",
    "example.org/a-b": "sheet",
    "bar": "sheet",
    "in:title offer": "",
    "in:title mov": "#Moving",
    "in:messages moving": "ask",
    "in:titel mov": "#Moving",
    "from:me offer": "ask",
    "from:assistant offer": "rabbit answer",
    "from:bob": "link1 all1 team1 budget1",
    'from:"Bob Brunner" offer': "link1 all1 team1",
    "from:nobody offer": "",
    "model:house": "sheet rabbit",
    'model:"Other One"': "empty budget2 answer",
    "folder:trips offer": "",
    "folder:trips": "sheet sky",
    'ordner:"Trips to Japan" bar': "sheet",
    "shared:me offer": "link1 all1 team1",
    "shared:yes": "link1 all1 team1 empty budget2 budget1 sheet sky",
    "shared:no offer": "rabbit answer ask",
    "shared:yes folder:trips": "sheet sky",
    "before:2025-03-11 offer": "ask",
    "before:2025-03-10 offer": "",
    "after:2025-03-10 before:2025 offer": "",
    "after:2025-03-10 before:2025-04 offer": "ask",
    "after:2026 offer moving": "",
    "vor:11.3.2025 offer": "ask",
    "has:code": "budget2 answer",
    "has:table": "sheet",
    "has:link": "sheet",
    "has:attachment": "ask",
    "has:anhang offer": "ask",
    "has:comment": "empty budget1",
    "look": "budget1",
    "in:comments look": "budget1",
    "in:kommentare lo": "budget1",
    "in:comments": "empty budget1",
    "in:messages look": "",
    "in:comments zurich": "",
    "in:messages in:comments zurich look": "budget1",
    '"zürich look"': "",
    '"look here"': "",
    "look here": "budget1",
    "silence": "empty",
    "in:title in:comments mov": "#Moving",
    "has:code in:title moving": "",
    "NOT offer": "",
    "offer OR rabbit": "",
    "offer*": "link1 all1 team1 rabbit answer ask",
    "NEAR(offer": "",
}
OTHERS = {
    "bob": {"offer": "expired1 private1 link1 all1 team1", "secret": "", "moving": ""},
    "charlie": {"offer": "all1", "zurich": "", "天気": "", "has:attachment": "", "look": ""},
    "dana": {"offer": "all1", "moving": "", "shared:me": "all1", "shared:no": ""},
    "erin": {"offer": "all1", "from:alice": ""},
}


@dataclass
class Scene:
    people: dict[str, User]
    names: dict[int, str] = field(default_factory=dict)
    threads: dict[str, Conversation] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)

    def thread(self, owner: str, title: str, **fields: Any) -> Conversation:
        made = Conversation.objects.create(owner=self.people[owner], title=title, **fields)
        self.threads[title] = made
        return made

    def say(self, name: str, thread: Conversation, text: str, **fields: Any) -> Message:
        model = fields.pop("model", None)
        call = model and Completion.objects.create(
            conversation=thread, language_model=model, model_name=model.model_name
        )
        role = "assistant" if model else "user"
        fields = {"author": None if model else thread.owner, "completion": call} | fields
        # As a reply is written: it begins empty and gets its text at its end.
        said = Message.objects.create(conversation=thread, role=role, **fields)
        Message.objects.filter(id=said.id).update(content=text)
        self.names[said.id], self.messages[name] = name, said
        return said

    def found(self, person: str, text: str) -> str:
        results = search(self.people[person], text)
        whole = ["".join(part.text for part in hit.title) for hit in results.titles]
        titles = [f"#{title.split()[0]}" for title in whole]
        return " ".join(titles + [self.names[hit.message or 0] for hit in results.messages])


def play() -> Scene:
    scene = Scene({name: _person(name) for name in ("alice", "bob", "charlie", "dana", "erin")})
    provider = Provider.objects.create(name="P", kind="openai_compatible", base_url="http://x/v1")
    house = LanguageModel.objects.create(provider=provider, model_name="house-1")
    other = LanguageModel.objects.create(provider=provider, model_name="o", label="Other One")
    alice, bob = scene.people["alice"], scene.people["bob"]

    move = scene.thread("alice", "Moving house")
    ask = scene.say("ask", move, "An offer for moving to Zürich, please.")
    scene.say("answer", move, "The offer: three rooms.\n```\ncode\n```", model=other, parent=ask)
    scene.say("rabbit", move, "Another offer, with rabbits.", model=house, parent=ask)
    gone = scene.say("gone", move, "A secret offer.", parent=ask)
    Message.objects.filter(id=gone.id).update(deletion=uuid.uuid4())
    moment = timezone.make_aware(datetime(2025, 3, 10, 0, 30))
    Message.objects.filter(id=ask.id).update(created_at=moment)
    Attachment.objects.create(owner=alice, conversation=move, message=ask, size=1, sealed=b"")

    trips = Folder.objects.create(owner=alice, name="Trips to Japan")
    japan = scene.thread("alice", "Japan", folder=trips)
    scene.say("sky", japan, "今日は良い天気です")
    scene.say("sheet", japan, "| foo_bar | b |\n|---|---|\nhttps://example.org/a-b", model=house)
    Share.objects.create(folder=trips, user=scene.people["erin"], expires_at=_past())
    Share.objects.create(conversation=japan, user=bob)
    brief = scene.thread("alice", "", temporary=True)
    scene.say("passing", brief, "A passing offer.")
    _share_bobs(scene, other)
    return scene


def _share_bobs(scene: Scene, other: LanguageModel) -> None:
    alice, bob = scene.people["alice"], scene.people["bob"]
    budget = scene.thread("bob", "Numbers")
    said = scene.say("budget1", budget, "The budget for Zürich.")
    scene.say("budget2", budget, "```sum```", model=other)
    comment = Comment.objects.create(conversation=budget, message=said, author=bob, text="See")
    Comment.objects.filter(id=comment.id).update(text="Look")
    Comment.objects.create(conversation=budget, message=said, author=alice, text="Here?")
    empty = scene.say("empty", budget, "", model=other)
    Comment.objects.create(conversation=budget, message=empty, author=alice, text="Silence.")
    Share.objects.create(conversation=budget, user=alice)

    team = Group.objects.create(name="Team")
    alice.groups.add(team)
    common = Folder.objects.create(owner=bob, name="Common")
    Share.objects.create(folder=common, group=team)
    scene.say("team1", scene.thread("bob", "Team", folder=common), "A team's offer.")
    everyone = scene.thread("bob", "Everyone")
    Share.objects.create(conversation=everyone, everyone=True)
    scene.say("all1", everyone, "Everyone's offer.")
    linked = scene.thread("bob", "Linked")
    link = ShareLink.objects.create(conversation=linked)
    LinkView.objects.create(link=link, user=alice)
    scene.say("link1", linked, "A linked offer.")
    scene.say("private1", scene.thread("bob", "Private"), "A private offer.")
    expired = scene.thread("bob", "Expired")
    Share.objects.create(conversation=expired, user=alice, expires_at=_past())
    scene.say("expired1", expired, "An expired offer.")


def _person(name: str) -> User:
    surnames = {"bob": "Bob Brunner"}
    return User.objects.create_user(f"{name}@example.org", name=surnames.get(name, name.title()))


def _past() -> datetime:
    return timezone.now() - timedelta(hours=1)


def wrong(scene: Scene) -> dict[str, str]:
    """What is not found as it should be; empty when all is well."""
    expected = {"alice": ALICE} | OTHERS
    return {
        f"{person}: {text}": found
        for person, searches in expected.items()
        for text, wanted in searches.items()
        if (found := scene.found(person, text)) != wanted
    }


def index_size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM chat_searchentry")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    played = play()
    told: dict[str, object] = {"wrong": wrong(played)}
    # As among many: nothing is new, and many conversations are shared.
    postgresql.FEW, postgresql.NEWEST = 0, 1
    told["wrong among many"] = wrong(played)
    if "empty" in sys.argv:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE chat_message, chat_conversation CASCADE")
        told["left"] = index_size()
    print(json.dumps(told))
