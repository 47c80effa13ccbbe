"""Finding messages and titles: `search` is the only way, on every database."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Comment, Conversation, Message, User
from chat.models.message import Role
from chat.models.search_index import MOST_CHARACTERS

from .searching import postgresql, sqlite
from .searching.filters import Narrowing, narrowing
from .searching.places import MOST_SHARED, Sought, sought
from .searching.query import MOST_TERMS, Query, Term, parse
from .searching.snippets import Part, fold, marked, pattern, snippet
from .searching.wanted import Wanted

LIMIT = 20
# Of titles the page shows the newest before the messages; `in:title` shows them all.
TITLES = 5

__all__ = ["Hit", "Part", "Results", "search"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A title (then `message` is None) or a message. `parts` are plain text, in order.

    `author`: a person's name, or a model's label; empty: the person who searches. `owner` is set
    on what others have shared. `in_comment`: parts, author and moment are of a comment on it.
    """

    conversation: UUID
    title: tuple[Part, ...]
    message: int | None
    role: str
    author: str
    when: datetime
    parts: tuple[Part, ...]
    owner: str
    in_comment: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """`more` is the cursor to go on with, or empty. `sentence` is for the person: what could not
    be understood, or why nothing was looked for. `asked`: there was something to look for.
    """

    titles: tuple[Hit, ...] = ()
    messages: tuple[Hit, ...] = ()
    more: str = ""
    sentence: str = ""
    asked: bool = True

    @property
    def count(self) -> int:
        return len(self.titles) + len(self.messages)


def search(user: User, text: str, *, after: str = "", limit: int = LIMIT) -> Results:
    """What this person may read and is about the text, newest first. Never raises for a text.

    `after` is the `more` of the results before; anything else counts as none. The number of
    queries does not depend on the number of hits.
    """
    query = parse(text)
    if not user.is_active:
        return Results(asked=False)
    if query.is_empty:
        return Results(sentence=_nothing_asked(text), asked=False)
    narrowed = narrowing(user, query)
    where = sought(user, query)
    sentence = _sentence(query, narrowed, where)
    try:
        return _results(user, query, narrowed, where, sentence, _cursor(after), limit)
    except OperationalError:
        # PostgreSQL's limit of time, or SQLite's lock.
        return Results(sentence=_("This search took too long. Add a word or a filter."))


def _results(
    user: User,
    query: Query,
    narrowed: Narrowing,
    where: Sought,
    sentence: str,
    cursor: int | None,
    limit: int,
) -> Results:
    wanted = Wanted(
        where.place,
        query.terms,
        marks=narrowed.marks,
        since=narrowed.since,
        until=narrowed.until,
        texts=narrowed.texts,
    )
    titles, messages = narrowed.titles, bool(narrowed.texts)
    titles = titles and bool(query.terms) and not wanted.is_about_messages
    titles = titles and (cursor is None or not messages)
    most = TITLES if messages else limit
    title_numbers = _find(wanted, cursor, most + 1, of_titles=True) if titles else []
    numbers = _find(wanted, cursor, limit + 1) if messages else []
    pages = numbers if messages else title_numbers
    hits = _hits(user, [*title_numbers[:most], *numbers[:limit]], wanted)
    return Results(
        titles=tuple(hit for hit in hits if hit.message is None),
        messages=tuple(hit for hit in hits if hit.message is not None),
        more=str(pages[limit - 1]) if len(pages) > limit else "",
        sentence=sentence,
    )


def _find(wanted: Wanted, below: int | None, limit: int, *, of_titles: bool = False) -> list[int]:
    if wanted.place.is_nowhere:
        return []
    find = sqlite.find if connection.vendor == "sqlite" else postgresql.find
    return find(replace(wanted, of_titles=of_titles), below, limit)


def _cursor(text: str) -> int | None:
    digits = text.removeprefix("-")
    valid = digits.isascii() and digits.isdigit() and len(digits) < 19
    return int(text) if valid else None


def _hits(user: User, numbers: list[int], wanted: Wanted) -> list[Hit]:
    """The index knows where to look; whether the person may read it is asked of the tables."""
    if not numbers:
        return []
    places = _places(numbers)
    readable = Conversation.objects.readable_by(user).filter(id__in=set(places.values()))
    found = readable.filter(temporary=False).select_related("owner").in_bulk()
    messages = _messages(numbers)
    comments = _comments(messages, wanted)
    hits = []
    for number in numbers:
        conversation = found.get(places.get(number))
        message = messages.get(number)
        if conversation is not None and number < 0:
            hits.append(_title_hit(user, conversation, wanted.terms))
        elif conversation is not None and message is not None:
            hit = _message_hit(user, conversation, message, wanted.terms)
            comment = comments.get(message.id)
            hits.append(_in_comment(user, hit, comment, wanted.terms) if comment else hit)
    return hits


def _places(numbers: list[int]) -> dict[int, UUID]:
    """The conversations of these numbers of the index."""
    marks = ", ".join(["%s"] * len(numbers))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, conversation_id FROM chat_searchentry WHERE id IN ({marks})",  # noqa: S608
            numbers,
        )
        return {number: UUID(str(conversation)) for number, conversation in cursor.fetchall()}


def _messages(numbers: list[int]) -> dict[int, Message]:
    rows = Message.objects.select_related("author", "completion__language_model")
    columns = ("role", "author", "content", "created_at", "completion__model_name")
    named = ("author__name", "author__email", "completion__language_model__label")
    model = "completion__language_model__model_name"
    return rows.only("conversation_id", *columns, *named, model).in_bulk(
        [number for number in numbers if number > 0]
    )


def _comments(messages: dict[int, Message], wanted: Wanted) -> dict[int, Comment]:
    """Of each message the comment to show in its place: the words are only there."""
    if "comments" not in wanted.texts or not messages:
        return {}
    rows = Comment.objects.filter(message__in=messages).select_related("author").order_by("-id")
    looked_for = pattern(wanted.terms)
    if looked_for is None:
        return {row.message_id: row for row in rows} if wanted.texts == ("comments",) else {}
    at_all = "words" in wanted.texts
    return {
        row.message_id: row
        for row in rows
        if looked_for.search(fold(row.text))
        and not (at_all and looked_for.search(fold(messages[row.message_id].content)))
    }


def _in_comment(user: User, hit: Hit, comment: Comment, terms: tuple[Term, ...]) -> Hit:
    return replace(
        hit,
        author=_person(user, comment.author),
        when=comment.created_at,
        parts=snippet(comment.text, terms),
        in_comment=True,
    )


def _message_hit(
    user: User, conversation: Conversation, message: Message, terms: tuple[Term, ...]
) -> Hit:
    return Hit(
        conversation=conversation.id,
        title=(Part(conversation.title, marked=False),),
        message=message.id,
        role=message.role,
        author=_author(user, message),
        when=message.created_at,
        parts=snippet(message.content[:MOST_CHARACTERS], terms),
        owner=_owner(user, conversation),
    )


def _author(user: User, message: Message) -> str:
    if message.role == Role.USER:
        return _person(user, message.author)
    completion = message.completion
    named = str(completion.language_model or completion.model_name) if completion else ""
    return named or _("Assistant")


def _person(user: User, author: User | None) -> str:
    if author is None:
        return _("Somebody who is not here any more")
    return "" if author.id == user.id else author.get_full_name()


def _owner(user: User, conversation: Conversation) -> str:
    return "" if conversation.owner_id == user.id else conversation.owner.get_full_name()


def _title_hit(user: User, conversation: Conversation, terms: tuple[Term, ...]) -> Hit:
    return Hit(
        conversation=conversation.id,
        title=marked(conversation.title, terms),
        message=None,
        role="",
        author="",
        when=conversation.updated_at,
        parts=(),
        owner=_owner(user, conversation),
    )


def _nothing_asked(text: str) -> str:
    if not text.strip():
        return ""
    return _("Type at least one letter or digit to search for.")


def _sentence(query: Query, narrowed: Narrowing, where: Sought) -> str:
    """What a person should know of how the query was understood."""
    said = []
    unknown = (*narrowed.unknown, *where.unknown)
    if unknown:
        quoted = ", ".join(f"“{value}”" for value in unknown)
        said.append(_("{values} was left out: such a filter has no meaning.").format(values=quoted))
    if query.strange:
        names = ", ".join(f"“{name}:”" for name in query.strange)
        said.append(_("{names} is no filter and was searched for as words.").format(names=names))
    if query.shortened:
        count = ngettext("the first {n} word", "the first {n} words", MOST_TERMS)
        said.append(_("Only {words} were used.").format(words=count.format(n=MOST_TERMS)))
    if where.cut:
        most = _("Only the {n} conversations used last were searched.")
        if where.place.owner is not None:
            most = _("Of what others share, only the {n} conversations used last were searched.")
        said.append(most.format(n=MOST_SHARED))
    return " ".join(said)
