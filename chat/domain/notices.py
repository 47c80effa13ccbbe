"""What people are told at the next opportunity: mentions, shares, readers, removals."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Conversation, Notice, User
from chat.models.notice import NoticeKind

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in words. `conversation` is set while the person may still open it.

    `message` is the id of the message that it is about, or 0.
    """

    id: int
    words: str
    title: str
    conversation: UUID | None
    message: int
    created_at: datetime
    is_new: bool


def tell(
    people: Collection[int], kind: NoticeKind, conversation: Conversation | None, **details: object
) -> None:
    """`details` are JSON: `by` (a name), `message`, `folder`, `reason`, `count`, `day`."""
    Notice.objects.bulk_create(
        Notice(user_id=person, kind=kind, conversation=conversation, details=details)
        for person in people
    )


def count(user: User) -> int:
    """Those that the person has not seen yet."""
    return Notice.objects.filter(user=user, seen_at=None).count()


def counts(user_ids: Iterable[int]) -> dict[int, int]:
    """The same for several people in one query; zero where nothing is new."""
    found = dict.fromkeys(user_ids, 0)
    for user_id in Notice.objects.filter(user__in=found, seen_at=None).values_list(
        "user_id", flat=True
    ):
        found[user_id] += 1
    return found


def lines(user: User) -> list[Line]:
    """The newest, in two queries. What is no longer open to the person keeps no title."""
    notices = list(Notice.objects.filter(user=user)[:SHOWN])
    wanted = {notice.conversation_id for notice in notices} - {None}
    readable = Conversation.objects.readable_by(user).filter(id__in=wanted)
    titles = dict(readable.values_list("id", "title"))
    return [_line(notice, titles) for notice in notices]


def mark_seen(user: User, newest: int) -> None:
    """Those up to the newest one that was shown: what came meanwhile stays new."""
    Notice.objects.filter(user=user, seen_at=None, id__lte=newest).update(seen_at=Now())


def _line(notice: Notice, titles: dict[UUID, str]) -> Line:
    where = notice.conversation_id
    is_open = where is not None and where in titles
    message = notice.details.get("message", 0)
    return Line(
        id=notice.id,
        words=_words(notice),
        title=(titles[where] or _("Untitled")) if where is not None and is_open else "",
        conversation=where if is_open else None,
        message=message if isinstance(message, int) else 0,
        created_at=notice.created_at,
        is_new=notice.seen_at is None,
    )


def _words(notice: Notice) -> str:
    details = {"by": _("Somebody"), "reason": "", "folder": "", "day": "", **notice.details}
    match notice.kind:
        case NoticeKind.MENTION:
            said = _("{by} mentioned you in a comment.")
        case NoticeKind.SHARED if details["folder"]:
            said = _("{by} shared the folder “{folder}” with you.")
        case NoticeKind.SHARED:
            said = _("{by} shared a conversation with you.")
        case NoticeKind.LEFT if details["folder"]:
            said = _("{by} has removed your folder “{folder}” from their list.")
        case NoticeKind.LEFT:
            said = _("{by} has removed a conversation of yours from their list.")
        case NoticeKind.READ_BY_OTHERS:
            said = _("{by} has read a conversation of yours. Reason: {reason}")
        case _:
            number = int(details.get("count", 1))
            said = ngettext(
                "A conversation of yours will be removed on {day}.",
                "{count} of your conversations will be removed on {day}.",
                number,
            )
    return said.format(**details)
