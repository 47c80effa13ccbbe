"""Comments on messages: what people who may read a conversation say to each other about it.

They are plain text and never go to a model.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import Comment, Conversation, Message, User
from chat.models.notice import NoticeKind
from chat.protocol import clean_text

from . import access, audience, limits, notices, visits
from .errors import Refused, TextRefused, TooOften

MOST_CHARACTERS = 4000
MOST_ON_A_MESSAGE = 200
# By one person: each may bring notices to twenty others.
MOST_IN_A_MINUTE = 30
MOST_SUGGESTED = 8
# A name is mentioned by an @ and its words, of which few people have more.
MENTION = re.compile(r"(?<!\w)@(?=(\S+(?: \S+){0,4}))")
MOST_MENTIONS = 20


class Held(Refused):
    code = "held"
    words = gettext_lazy("This cannot be changed now: it is being kept for a legal reason.")


class TooMany(Refused):
    code = "too_many"
    words = gettext_lazy("There are too many comments here already. Continue in a message.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One comment as a person sees it; `pieces` are its text, True where a name is mentioned."""

    comment: Comment
    pieces: list[tuple[str, bool]]
    is_own: bool
    may_delete: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a change made: how many comments there are now, and who got a notice."""

    count: int
    mentioned: frozenset[int] = frozenset()


def entries(user: User, conversation: Conversation, message: Message) -> list[Entry]:
    """Oldest first, in two queries. The message comes from chat.domain.access."""
    rows = message.comments.select_related("author").prefetch_related("mentions")
    return [
        Entry(
            comment,
            _pieces(comment),
            is_own=comment.author_id == user.id,
            may_delete=user.id in (comment.author_id, conversation.owner_id),
        )
        for comment in rows
    ]


def check_rate(user: User) -> None:
    """Before something is said or changed. Raises TooOften."""
    if not limits.within("comment", user.id, MOST_IN_A_MINUTE, 60):
        raise TooOften


def _pieces(comment: Comment) -> list[tuple[str, bool]]:
    people = comment.mentions.all()
    names = {name for person in people for name in (person.name, person.email) if name}
    if not names:
        return [(comment.text, False)]
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pieces = re.split(f"(@(?:{longest_first}))", comment.text, flags=re.IGNORECASE)
    return [(piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece]


@transaction.atomic
def add(user: User, conversation: Conversation, message: Message, key: UUID, text: str) -> Told:
    """By whoever may read. Doing it twice with the same key does it once. Raises Refused."""
    text = _checked(text)
    # One after the other: of two with the same key the second finds the first.
    Conversation.objects.select_for_update().get(id=conversation.id)
    if Comment.objects.filter(conversation=conversation, key=key).exists():
        return Told(count(message))
    if count(message) >= MOST_ON_A_MESSAGE:
        raise TooMany
    comment = Comment.objects.create(
        conversation=conversation, message=message, author=user, key=key, text=text
    )
    Conversation.objects.filter(id=conversation.id).update(commented_at=Now())
    visits.note(user, conversation)
    return Told(count(message), _mention(comment, user))


@transaction.atomic
def edit(user: User, comment: Comment, text: str) -> Told:
    """One's own only. Who is mentioned newly gets a notice. Raises Refused, access.NotFound."""
    if comment.author_id != user.id:
        raise access.NotFound
    _check_held(comment)
    comment.text = _checked(text)
    Comment.objects.filter(id=comment.id).update(text=comment.text, edited_at=Now())
    return Told(count(comment.message), _mention(comment, user))


@transaction.atomic
def remove(user: User, comment: Comment) -> Told:
    """One's own, and the owner of the conversation any. Raises Refused, access.NotFound."""
    if user.id not in (comment.author_id, comment.conversation.owner_id):
        raise access.NotFound
    _check_held(comment)
    message = comment.message
    comment.delete()
    return Told(count(message))


def count(message: Message) -> int:
    return Comment.objects.filter(message=message).count()


def counts(message_ids: Collection[int]) -> dict[int, int]:
    """By message; none where nobody has commented. One query."""
    rows = Comment.objects.filter(message__in=message_ids).values("message").order_by()
    return dict(rows.annotate(count=Count("id")).values_list("message", "count"))


def unread(user: User, conversation: Conversation) -> set[int]:
    """Messages with comments by others that came after the person's last visit.

    No query where nobody has commented, else one.
    """
    if conversation.commented_at is None:
        return set()
    visited = Q(conversation__visits__user=user)
    later = Q(created_at__gt=F("conversation__visits__seen_at"))
    rows = Comment.objects.filter(visited, later, conversation=conversation)
    return set(rows.exclude(author=user).order_by().values_list("message", flat=True))


def suggestions(user: User, conversation: Conversation, begun: str) -> list[User]:
    """People who may be mentioned, by the beginnings of the words of their names."""
    begun = " ".join(begun.split())[:100]
    begins = Q(name__istartswith=begun) | Q(name__icontains=f" {begun}")
    found = audience.people(conversation).filter(begins | Q(email__istartswith=begun))
    return list(found.exclude(id=user.id).order_by(Lower("name"), "email")[:MOST_SUGGESTED])


def mentioned_in(text: str, conversation: Conversation) -> set[User]:
    """People with access whose whole name (or address) follows an @; the longest name counts."""
    found = [_beginnings(match) for match in MENTION.findall(text)[:MOST_MENTIONS]]
    wanted = {name for names in found for name in names}
    if not wanted:
        return set()
    named = Q(name__in=wanted) | Q(email__in=wanted)
    people: dict[str, set[User]] = {}
    for person in audience.people(conversation).filter(named):
        people.setdefault(person.name, set()).add(person)
        people.setdefault(person.email, set()).add(person)
    longest = [next((people[name] for name in names if name in people), set()) for names in found]
    return set().union(*longest)


def _beginnings(text: str) -> list[str]:
    """Longest first: "Bob Brunner, look" may mean Bob Brunner, or Bob; signs at the end go.

    Addresses are kept in small letters, and so is here what may be one.
    """
    words = text.split(" ")
    words[0] = words[0].lower() if "@" in words[0] else words[0]
    joined = [" ".join(words[:number]) for number in range(len(words), 0, -1)]
    return [name for one in joined for name in (one, one.rstrip(".,;:!?)»“\"'")) if name]


def _mention(comment: Comment, by: User) -> frozenset[int]:
    """Stores who is mentioned; those who were not before get a notice."""
    before = set(comment.mentions.values_list("id", flat=True))
    people = mentioned_in(comment.text, comment.conversation)
    comment.mentions.set(people)
    told = {person.id for person in people} - before - {by.id}
    details = {"by": by.get_full_name(), "message": comment.message_id}
    notices.tell(told, NoticeKind.MENTION, comment.conversation, **details)
    return frozenset(told)


def _checked(text: str) -> str:
    text = clean_text(text).replace("\r\n", "\n").strip()
    if not text:
        raise TextRefused(_("Write something first."))
    if len(text) > MOST_CHARACTERS:
        raise TextRefused(
            _("This comment has {count} characters; {most} are allowed. Shorten it.").format(
                count=len(text), most=MOST_CHARACTERS
            )
        )
    return text


def _check_held(comment: Comment) -> None:
    author = comment.author
    if comment.conversation.legal_hold or (author is not None and author.legal_hold):
        raise Held
