"""Finding the colleagues and teams to share with; no more is shown than is needed to choose."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from chat.models import User

LEAST_CHARACTERS = 2
MOST_HITS = 8


@dataclass(frozen=True, slots=True)
class Hits:
    """`more`: there are others still."""

    people: list[User]
    teams: list[Group]
    more: bool = False


def find(asking: User, text: str) -> Hits:
    """People by the beginnings of their names or address, and teams; without letters: own teams."""
    text = " ".join(text.split())
    if not text:
        return Hits([], list(asking.teams[:MOST_HITS]))
    if len(text) < LEAST_CHARACTERS:
        return Hits([], [])
    begins = Q(name__istartswith=text) | Q(name__icontains=f" {text}")
    people = User.objects.filter(begins | Q(email__istartswith=text), is_active=True)
    found = list(people.exclude(id=asking.id).order_by(Lower("name"), "email")[: MOST_HITS + 1])
    teams = list(_teams().filter(begins).order_by("name")[:MOST_HITS])
    return Hits(found[:MOST_HITS], teams, len(found) > MOST_HITS)


def by_email(text: str) -> User | None:
    """The person with exactly this address."""
    return User.objects.filter(email=text.strip().lower(), is_active=True).first()


def team(number: str) -> Group | None:
    """By its id, as a page sent it."""
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    return _teams().filter(id=int(number)).first() if is_number else None


def _teams() -> QuerySet[Group]:
    """A role in the administration is no team."""
    return Group.objects.filter(role=None)
