"""What the sidebar shows: lists of conversations a page at a time, folders, what others share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.domain import listings
from chat.domain.listings import FOLDER, Given, Key
from chat.models import Conversation, Folder, User

PAGE = 30
MOST = 300
# Which folders are open is kept in the browser, in a cookie: the page comes with them open.
OPEN_COOKIE = "open-lists"
MOST_OPEN = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """`heading` is set on the first of a period; `given`: somebody else's."""

    conversation: Conversation
    heading: str = ""
    given: Given | None = None
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """`more` is the cursor to ask for older ones with, or empty."""

    name: str
    entries: list[Entry]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Drawer:
    """A folder; without a listing it is closed, and filled when it is opened."""

    folder: Folder
    shared: bool = False
    given: Given | None = None
    listing: Listing | None = None

    @property
    def name(self) -> str:
        return f"{FOLDER}{self.folder.id}"


@dataclass(frozen=True, slots=True)
class SharedWithMe:
    folders: list[Drawer]
    listing: Listing


@dataclass(frozen=True, slots=True)
class Sidebar:
    """`shared` is None while it is closed."""

    pinned: Listing
    folders: list[Drawer]
    recent: Listing
    found: listings.Found
    shared: SharedWithMe | None

    @property
    def newest(self) -> Conversation | None:
        """The last own one that was written in, as far as it is listed at once."""
        shown = [*self.recent.entries[:1], *self.pinned.entries[:1]]
        rows = [entry.conversation for entry in shown]
        return max(rows, key=lambda row: row.updated_at, default=None)

    @property
    def is_empty(self) -> bool:
        return not (self.recent.entries or self.pinned.entries or self.folders)


def sidebar_for(user: User, opened: str = "", counts: Mapping[str, str] | None = None) -> Sidebar:
    """Four queries, and two at most for each list that is open; none is slower for a person with
    many conversations.

    `opened` are names of lists, joined by dots. `counts`: lists that have grown are drawn again as
    long as they were. Raises Http404.
    """
    names = opened.split(".")[:MOST_OPEN]
    counts = counts or {}
    return Sidebar(
        pinned=listing(user, "pinned", counts),
        folders=_folders(user, names, counts),
        recent=listing(user, "recent", counts),
        found=listings.found(user),
        shared=shared_with(user, names, counts) if "shared" in names else None,
    )


def _folders(user: User, names: list[str], counts: Mapping[str, str]) -> list[Drawer]:
    drawers = [Drawer(own.folder, own.shared) for own in listings.folders(user)]
    return [_opened(user, drawer, names, counts) for drawer in drawers]


def _opened(user: User, drawer: Drawer, names: list[str], counts: Mapping[str, str]) -> Drawer:
    if drawer.name not in names:
        return drawer
    filled = listing(user, drawer.name, counts)
    return Drawer(drawer.folder, drawer.shared, drawer.given, filled)


def shared_with(user: User, names: list[str], counts: Mapping[str, str]) -> SharedWithMe:
    drawers = [
        Drawer(folder, shared=True, given=given)
        for folder, given in listings.folders_shared_with(user)
    ]
    filled = [_opened(user, drawer, names, counts) for drawer in drawers]
    return SharedWithMe(filled, listing(user, "shared", counts))


def listing(
    user: User, name: str, counts: Mapping[str, str] | None = None, after: str = ""
) -> Listing:
    """A page of one list. Raises Http404."""
    key = _read_cursor(after) if after else None
    page = listings.page(user, name, _count((counts or {}).get(name, "")), key)
    period = _period(key.moment) if key else ""
    rows = page.conversations
    more = f"{page.rest.moment.isoformat()}_{page.rest.id}" if page.rest else ""
    if name == "recent":
        return Listing(name, _with_headings(rows, period), more)
    given = listings.given(user, rows) if name == "shared" and rows else {}
    own = [Entry(row, given=given.get(row.id), is_own=row.owner_id == user.id) for row in rows]
    return Listing(name, own, more)


def _count(text: str) -> int:
    shown = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else PAGE
    return min(max(shown, PAGE), MOST)


def _with_headings(conversations: list[Conversation], period: str) -> list[Entry]:
    entries = []
    for conversation in conversations:
        heading = _period(conversation.updated_at)
        entries.append(Entry(conversation, heading if heading != period else ""))
        period = heading
    return entries


def _period(moment: datetime) -> str:
    day, today = timezone.localdate(moment), timezone.localdate()
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day > today - timedelta(days=7):
        return _("Last 7 days")
    return _("This month") if _same_month(day, today) else _("Older")


def _same_month(day: date, today: date) -> bool:
    return (day.year, day.month) == (today.year, today.month)


def _read_cursor(cursor: str) -> Key:
    moment, _separator, last = cursor.partition("_")
    try:
        parsed = datetime.fromisoformat(moment)
        parsed.astimezone(timezone.get_current_timezone())
        aware = timezone.make_aware(parsed) if timezone.is_naive(parsed) else parsed
        return Key(aware, UUID(last))
    except (ValueError, OverflowError):
        raise Http404 from None
