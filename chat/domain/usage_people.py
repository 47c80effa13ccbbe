"""The people behind the numbers: under their present name, or the one that the ledger kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Q

from chat.models import UsageMonth, User


@dataclass(frozen=True, slots=True)
class Person:
    """`id` 0: nobody, as for checks of a provider. Not `present`: the account was deleted."""

    id: int
    name: str = ""
    email: str = ""
    present: bool = False
    active: bool = False

    @property
    def label(self) -> str:
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class People:
    """Everybody with an account, by id."""

    known: dict[int, Person]

    @classmethod
    def read(cls) -> "People":
        """One query."""
        rows = User.objects.values_list("id", "name", "email", "is_active")
        return cls({row[0]: Person(row[0], row[1], row[2], True, row[3]) for row in rows})

    def named(self, ids: Iterable[int]) -> dict[int, Person]:
        """Each of the ids with its name; one query if somebody was deleted."""
        wanted = set(ids)
        found = {one: self.known[one] for one in wanted & self.known.keys()}
        gone = wanted - self.known.keys() - {0}
        if gone:
            rows = UsageMonth.objects.filter(user_id__in=gone).values("user_id")
            named = rows.annotate(name=Max("user_name"), email=Max("user_email")).order_by()
            found |= {
                row["user_id"]: Person(row["user_id"], row["name"], row["email"]) for row in named
            }
        return {one: found.get(one) or Person(one) for one in wanted}

    def matching(self, text: str) -> tuple[int, ...]:
        """Ids of those whose name or address has the text; people who left by the ledger's name."""
        asked = text.casefold()
        present = {
            one.id
            for one in self.known.values()
            if asked in one.name.casefold() or asked in one.email.casefold()
        }
        text_in = Q(user_name__icontains=text) | Q(user_email__icontains=text)
        kept = UsageMonth.objects.filter(text_in).values_list("user_id", flat=True).distinct()
        gone = set(kept) - self.known.keys() - {0}
        return tuple(sorted(present | gone))

    def dormant(self, used: Iterable[int]) -> list[Person]:
        """Active accounts that are not among those who used something, by name."""
        without = self.known.keys() - set(used)
        found = [self.known[one] for one in without if self.known[one].active]
        return sorted(found, key=lambda person: (person.label.casefold(), person.id))
