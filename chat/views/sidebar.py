"""A person's conversations, newest first, a page at a time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import Conversation, User

PAGE = 30
MOST = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """`heading` is set on the first of a period."""

    conversation: Conversation
    heading: str


@dataclass(frozen=True, slots=True)
class Sidebar:
    """`more` is the cursor to ask for older ones with, or empty."""

    entries: list[Entry]
    more: str


def sidebar_for(user: User, after: str = "", count: int = PAGE) -> Sidebar:
    """One query, and none of it is slower for a person with many conversations.

    `count`: a list that has grown is drawn again as long as it was. Raises Http404.
    """
    count = min(max(count, PAGE), MOST)
    rows = Conversation.objects.readable_by(user).newest_first()
    period = ""
    if after:
        moment, last = _read_cursor(after)
        rows = rows.filter(Q(updated_at__lt=moment) | Q(id__lt=last), updated_at__lte=moment)
        period = _period(moment)
    found = list(rows.only("id", "title", "updated_at", "language_model_id")[: count + 1])
    more = _cursor(found[count - 1]) if len(found) > count else ""
    return Sidebar(_with_headings(found[:count], period), more)


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


def _cursor(conversation: Conversation) -> str:
    return f"{conversation.updated_at.isoformat()}_{conversation.id}"


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    moment, _separator, last = cursor.partition("_")
    try:
        parsed = datetime.fromisoformat(moment)
        parsed.astimezone(timezone.get_current_timezone())
        return timezone.make_aware(parsed) if timezone.is_naive(parsed) else parsed, UUID(last)
    except (ValueError, OverflowError):
        raise Http404 from None
