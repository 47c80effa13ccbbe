"""Which conversations the rules of retention remove, and removing them; the ledger stays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from chat.models import Completion, Conversation, RetentionRule, User
from chat.models.audit_event import Verb

from . import audit, filing, holds

# Conversations at once: other writers get their turn in between.
BATCH = 50
# A temporary conversation ends that long after its last activity, if nobody has ended it before.
TEMPORARY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would remove now. `held`: kept by a legal hold although it is due."""

    rule: RetentionRule
    conversations: int
    people: int
    oldest: datetime | None
    held: int


def due(now: datetime | None = None) -> QuerySet[Conversation]:
    """Those that any rule of their owner removes, and that nothing keeps."""
    rules = list(RetentionRule.objects.all())
    if not rules:
        return Conversation.objects.none()
    condition = Q()
    for rule in rules:
        condition |= _of(rule, now or timezone.now())
    return _free(Conversation.objects.filter(condition))


def previews(now: datetime | None = None) -> list[Preview]:
    """One for each rule: two queries each."""
    moment = now or timezone.now()
    return [_preview(rule, moment) for rule in RetentionRule.objects.select_related("group")]


def _preview(rule: RetentionRule, now: datetime) -> Preview:
    rows = Conversation.objects.filter(_of(rule, now))
    sums = _free(rows).aggregate(
        count=Count("id"), people=Count("owner", distinct=True), oldest=Min("updated_at")
    )
    held = rows.filter(holds.held()).count()
    return Preview(rule, sums["count"], sums["people"], sums["oldest"], held)


def _of(rule: RetentionRule, now: datetime) -> Q:
    """A team's rule is for its members; the one for everyone for those without a team's rule."""
    inactive = Q(updated_at__lt=now - timedelta(days=rule.days))
    if rule.group_id is not None:
        return inactive & Q(owner__in=User.objects.filter(groups=rule.group_id))
    ruled = RetentionRule.objects.filter(group__user=OuterRef("owner"))
    return inactive & ~Q(Exists(ruled))


def _free(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Nothing that is held, and nothing in which an answer is being written."""
    running = Completion.objects.open().filter(conversation=OuterRef("pk"))
    return rows.exclude(holds.held()).exclude(Exists(running))


@transaction.atomic
def remove_due() -> int:
    """Removes a batch; 0: that was all. What was removed is written to the audit log."""
    found = list(due().select_related("owner").order_by("updated_at")[:BATCH])
    removed = filing.delete(found).ids if found else ()
    if removed:
        audit.record(Verb.REMOVED_BY_RETENTION, None, details={"conversations": len(removed)})
    return len(removed)


def remove_temporary() -> int:
    """Removes a batch of temporary conversations that have ended; 0: that was all."""
    old = Conversation.objects.filter(temporary=True, updated_at__lt=timezone.now() - TEMPORARY)
    found = list(_free(old).select_related("owner")[:BATCH])
    return len(filing.delete(found).ids) if found else 0


@transaction.atomic
def change_hold(user: User, rows: QuerySet[Conversation], *, held: bool) -> int:
    """Puts conversations under a legal hold, or ends it; each is written to the audit log."""
    changed = list(rows.filter(legal_hold=not held).order_by().values_list("id", flat=True))
    Conversation.objects.filter(id__in=changed).update(legal_hold=held)
    for conversation in Conversation.objects.filter(id__in=changed).only("id"):
        audit.record(Verb.HOLD_CHANGED, user, conversation, details={"held": held})
    return len(changed)
