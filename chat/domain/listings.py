"""The lists in which a person finds conversations: each newest first, paged by key.

A list is named as the browser names it: recent, pinned, archived, shared, or folder-<id>.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from chat.models import Conversation, Folder, LinkView, Share, User
from chat.models.conversation import ConversationQuerySet
from chat.models.share import ShareQuerySet

from . import access

FOLDER = "folder-"
FIELDS = ("id", "title", "updated_at", "language_model_id", "owner_id")


@dataclass(frozen=True, slots=True)
class Key:
    """The last conversation of a page; the next one begins after it."""

    moment: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """`rest` is the key to go on from, or None at the end."""

    conversations: list[Conversation]
    rest: Key | None


@dataclass(frozen=True, slots=True)
class Found:
    """What there is besides the conversations that are listed at once."""

    archived: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """`shared`: others see what is put into it."""

    folder: Folder
    shared: bool


@dataclass(frozen=True, slots=True)
class Given:
    """Who shared something with a person, and when; `by` is empty when that account is gone."""

    by: str
    at: datetime


LISTS: dict[str, Callable[[User], ConversationQuerySet]] = {
    "recent": lambda user: Conversation.objects.recent(user),
    "pinned": lambda user: Conversation.objects.pinned(user),
    "archived": lambda user: Conversation.objects.archived(user),
    "shared": lambda user: Conversation.objects.shared_one_by_one(user),
}


def page(user: User, name: str, count: int, after: Key | None = None) -> Page:
    """One query, as dear for a person with many conversations as for one with few; one more
    for the right to a folder. Raises NotFound."""
    rows = _rows(user, name).marked_for(user).newest_first()
    if after is not None:
        rows = rows.older_than(after.moment, after.id)
    found = list(rows.only(*FIELDS)[: count + 1])
    shown = found[:count]
    rest = Key(shown[-1].updated_at, shown[-1].id) if len(found) > count else None
    return Page(shown, rest)


def _rows(user: User, name: str) -> ConversationQuerySet:
    if name in LISTS:
        return LISTS[name](user)
    number = name.removeprefix(FOLDER)
    if name == number or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise access.NotFound
    return Conversation.objects.in_folder(access.folder_read(user, int(number)))


def found(user: User) -> Found:
    """One query."""
    row = User.objects.filter(id=user.id).values_list(
        Exists(Conversation.objects.archived(user)),
        Exists(Conversation.objects.shared_one_by_one(user)),
        Exists(_folder_shares(user)),
    )
    archived, one_by_one, by_folder = row.get()
    return Found(archived, one_by_one or by_folder)


def folders(user: User) -> list[OwnFolder]:
    """The person's own, by name. One query."""
    shares = Share.objects.valid().filter(folder=OuterRef("pk"))
    rows = Folder.objects.filter(owner=user).annotate(shared=Exists(shares))
    return [OwnFolder(row, row.shared) for row in rows]


def folders_shared_with(user: User) -> list[tuple[Folder, Given]]:
    """Others' folders that the person may look into, by name. One query."""
    shares = _folder_shares(user).select_related("folder", "created_by")
    shares = shares.order_by("created_at", "id")
    newest = {share.folder: _given(share) for share in shares if share.folder}
    return sorted(newest.items(), key=lambda pair: (pair[0].name.casefold(), pair[0].id))


def given(user: User, conversations: Sequence[Conversation]) -> dict[UUID, Given]:
    """How these came to the person: the newest share, or the link that was opened. Two queries."""
    links = LinkView.objects.filter(user=user, link__conversation__in=conversations)
    links = links.select_related("link__created_by").order_by("first_at")
    ways = {
        view.link.conversation_id: Given(_name(view.link.created_by), view.first_at)
        for view in links
    }
    shares = Share.objects.for_user(user).filter(conversation__in=conversations)
    for share in shares.select_related("created_by").order_by("created_at", "id"):
        if share.conversation_id is not None:
            ways[share.conversation_id] = _given(share)
    return ways


def _folder_shares(user: User) -> ShareQuerySet:
    shares = Share.objects.for_user(user)
    return shares.filter(folder__isnull=False).exclude(folder__owner=user)


def _given(share: Share) -> Given:
    return Given(_name(share.created_by), share.created_at)


def _name(user: User | None) -> str:
    return user.get_full_name() if user else ""
