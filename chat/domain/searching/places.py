"""Where a search looks: from what is shared with a person, and the filters that narrow it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from chat.models import Conversation, Folder, Share, User

from .query import Query
from .wanted import Place

# Each stands in the expression by itself; of more, those that were used last are searched.
MOST_SHARED = 2000
# What is left out stands in no expression; nobody shares so many.
MOST_LEFT_OUT = 50_000

# Values of `shared:` in the languages of the pages.
YES = {"yes", "ja", "oui", "si", "sì"}
NO = {"no", "nein", "non"}
ME = {"me", "mir", "mich", "moi", "io", "mio"}


@dataclass(frozen=True, slots=True)
class Sought:
    """`cut`: there were more conversations than are searched. `unknown`: values without a sense."""

    place: Place
    cut: bool = False
    unknown: tuple[str, ...] = ()


def sought(user: User, query: Query) -> Sought:
    """At most five queries; three without filters."""
    others, cut = _cut(_others(user))
    place, unknown = Place(user.id, others, _deleted(user)), []
    for value in query.values("shared"):
        said = value.casefold()
        if said in ME:
            place = Place(None, place.conversations & others)
        elif said in YES:
            mine, more = _cut(_own_shared(user, MOST_SHARED + 1))
            place, cut = Place(None, (place.conversations | mine) - place.without), cut or more
        elif said in NO:
            without = place.without.union(_own_shared(user, MOST_LEFT_OUT))
            place, cut = Place(place.owner, frozenset(), without), False
        else:
            unknown.append(value)
    for value in query.values("folder"):
        inside, more = _cut(_in_folders(user, value))
        place, cut = _narrowed(place, inside, user), cut or more
    return Sought(place, cut, tuple(unknown))


def _narrowed(place: Place, inside: frozenset[UUID], user: User) -> Place:
    own: frozenset[UUID] = frozenset()
    if place.owner is not None:
        kept = Conversation.objects.filter(owner=user, id__in=inside).values_list("id", flat=True)
        own = frozenset(kept) - place.without
    return Place(None, own | (place.conversations & inside))


def _cut(ids: Iterable[UUID]) -> tuple[frozenset[UUID], bool]:
    found = list(ids)
    return frozenset(found[:MOST_SHARED]), len(found) > MOST_SHARED


def _others(user: User) -> Iterable[UUID]:
    """Others' conversations that are shared with the person, by whatever way."""
    folders = Share.objects.for_user(user).filter(folder__isnull=False).values("folder")
    in_folders = Conversation.objects.filter(folder__in=folders, temporary=False)
    for rows in (Conversation.objects.shared_one_by_one(user), in_folders.exclude(owner=user)):
        yield from rows.newest_first().values_list("id", flat=True)[: MOST_SHARED + 1]


def _deleted(user: User) -> frozenset[UUID]:
    """What the index still has of what the person has deleted within the last day."""
    rows = Conversation.with_deleted.filter(owner=user, deleted_at__isnull=False)
    return frozenset(rows.order_by("-deleted_at").values_list("id", flat=True)[:MOST_SHARED])


def _own_shared(user: User, most: int) -> Iterable[UUID]:
    rows = Conversation.objects.filter(owner=user).shared().newest_first()
    return rows.values_list("id", flat=True)[:most]


def _in_folders(user: User, name: str) -> Iterable[UUID]:
    """Of folders that are called so, else of those whose name begins so."""
    shared = Share.objects.for_user(user).filter(folder__isnull=False).values("folder")
    folders = Folder.objects.filter(Q(owner=user) | Q(id__in=shared))
    rows = Conversation.objects.filter(folder__in=folders.filter(name__iexact=name).values("id"))
    found = list(rows.newest_first().values_list("id", flat=True)[: MOST_SHARED + 1])
    if found:
        return found
    begun = folders.filter(name__istartswith=name).values("id")
    rows = Conversation.objects.filter(folder__in=begun)
    return rows.newest_first().values_list("id", flat=True)[: MOST_SHARED + 1]
