"""A circuit per provider: after some failures in a row it is left alone for a while."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from chat.models import Provider
from chat.models.completion import State
from chat.providers import ErrorCategory

from .errors import Refused
from .runs import Ending

# What a retry of the next person would meet again: the key, the address, the way there.
TRIPPING = {ErrorCategory.AUTH, ErrorCategory.CONNECT_FAILED, ErrorCategory.MISCONFIGURED}
FAILURES = 3
SHORTEST = timedelta(seconds=30)
LONGEST = timedelta(minutes=15)
NOTE_SUCCESS_AFTER = timedelta(minutes=1)


class ProviderFailing(Refused):
    code = "provider_failing"

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        assert provider.next_try_at is not None
        self.words = _(
            "{provider} has not been answering, and is tried again at {time}: "
            "choose another model, or send this again then."
        ).format(provider=provider.name, time=_clock(provider.next_try_at))


def warning(provider: Provider) -> str:
    """What to know before writing to it; empty: nothing."""
    if provider.failing_since is None:
        return ""
    since = _clock(provider.failing_since)
    if provider.next_try_at is None or provider.next_try_at <= timezone.now():
        words = _("{provider} has not been answering since {since}; your message tries it again.")
        return words.format(provider=provider.name, since=since)
    return _(
        "{provider} has not been answering since {since}, and is tried again at {time}: "
        "another model is the better choice until then."
    ).format(provider=provider.name, since=since, time=_clock(provider.next_try_at))


def _clock(at: datetime) -> str:
    """The time of day; with the day when that is another one."""
    local = timezone.localtime(at)
    same_day = local.date() == timezone.localdate()
    return time_format(local, "TIME_FORMAT") if same_day else date_format(local, "DATETIME_FORMAT")


def check(provider: Provider) -> None:
    """Raises ProviderFailing while the circuit is open.

    When its time has come one person's prompt tries; the others wait for how that ends.
    """
    if provider.next_try_at is None:
        return
    now = timezone.now()
    if now < provider.next_try_at:
        raise ProviderFailing(provider)
    due = Provider.objects.filter(id=provider.id, next_try_at=provider.next_try_at)
    provider.next_try_at = now + pause_after(provider.failures_in_row)
    if not due.update(next_try_at=provider.next_try_at):
        raise ProviderFailing(provider)


def pause_after(failures: int) -> timedelta:
    """Doubles with each failure, from SHORTEST to LONGEST."""
    doublings = min(max(failures - FAILURES, 0), 10)
    return min(SHORTEST * (1 << doublings), LONGEST)


def note(provider_id: int, ending: Ending) -> None:
    """Part of the transaction that ends a call."""
    rows = Provider.objects.filter(id=provider_id)
    if ending.error_category in TRIPPING:
        # Other calls of this provider may begin meanwhile: they only need its key.
        _note_failure(rows.select_for_update(no_key=True).first(), ending.error_category)
    elif ending.first_delta_at is not None or ending.state in {State.COMPLETED, State.BLOCKED}:
        _note_answer(rows.first())


def _note_failure(provider: Provider | None, category: str) -> None:
    if provider is None:
        return
    now = timezone.now()
    provider.failures_in_row = min(provider.failures_in_row + 1, 1000)
    provider.last_error = category
    if provider.failures_in_row >= FAILURES:
        provider.failing_since = provider.failing_since or now
        provider.next_try_at = now + pause_after(provider.failures_in_row)
    provider.save(update_fields=[*CIRCUIT, "last_error"])


CIRCUIT = ["failures_in_row", "failing_since", "next_try_at"]


def _note_answer(provider: Provider | None) -> None:
    """To the minute: the row is not written with every answer."""
    if provider is None:
        return
    now, last = timezone.now(), provider.last_success_at
    if provider.failures_in_row or last is None or now - last > NOTE_SUCCESS_AFTER:
        note_success(provider)


def note_success(provider: Provider) -> None:
    """It has just answered."""
    close(provider)
    provider.last_success_at = timezone.now()
    provider.save(update_fields=["last_success_at"])


def close(provider: Provider) -> None:
    """The next prompt goes out at once: it answered, or its address or key was changed."""
    provider.failures_in_row, provider.failing_since, provider.next_try_at = 0, None, None
    provider.save(update_fields=CIRCUIT)
