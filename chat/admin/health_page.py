"""How each provider does, in words, for those who look after providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from chat.domain.figures import figure
from chat.domain.health import Health, health
from chat.models import Provider

# More failures than this share of the calls deserve a look.
MANY = 0.2


@dataclass(frozen=True, slots=True)
class Told:
    """One provider. A `trouble` is shown first and marked; sentences without are only told."""

    provider: Provider
    state: str
    state_trouble: bool
    key: str
    key_trouble: bool
    next_try: str
    last_success: str
    errors: str
    errors_trouble: bool
    first_token: str


def may_view_health(request: HttpRequest) -> bool:
    """Whoever may look at providers; Django counts the right to change as one to look."""
    user = request.user
    return user.has_perm("chat.view_provider") or user.has_perm("chat.change_provider")


@require_GET
def health_page(request: HttpRequest) -> HttpResponse:
    if not may_view_health(request):
        raise PermissionDenied
    told = [tell(one) for one in health()]
    ctx = {
        **admin.site.each_context(request),
        "title": _("Health of the providers"),
        "told": sorted(told, key=lambda one: not (one.state_trouble or one.key_trouble)),
        "may_test": request.user.has_perm("chat.change_provider"),
    }
    return TemplateResponse(request, "admin/health.html", ctx)


def tell(health: Health) -> Told:
    state, state_trouble = state_of(health.provider)
    key, key_trouble = _key(health)
    last = health.provider.last_success_at
    return Told(
        provider=health.provider,
        state=state,
        state_trouble=state_trouble,
        key=key,
        key_trouble=key_trouble,
        next_try=_next_try(health.provider.next_try_at) if health.provider.is_failing else "",
        last_success=_moment(last) if last else gettext("never"),
        errors=_errors(health),
        errors_trouble=(health.error_rate or 0) > MANY,
        first_token=_first_token(health),
    )


def state_of(provider: Provider) -> tuple[str, bool]:
    """In a sentence, and whether that is trouble. Asks the database for nothing."""
    if provider.failing_since is not None:
        words = gettext("Not answering since {time}")
        return words.format(time=_moment(provider.failing_since)), True
    if not provider.enabled:
        return gettext("Switched off"), False
    if provider.failures_in_row:
        words = ngettext(
            "Answering was impossible the last time",
            "Answering was impossible the last {count} times",
            provider.failures_in_row,
        )
        return words.format(count=provider.failures_in_row), True
    if provider.last_success_at is None:
        return gettext("Not tried yet"), False
    return gettext("Answering"), False


def _next_try(at: datetime | None) -> str:
    if at is None or at <= timezone.now():
        return gettext("with the next message")
    return str(_moment(at))


def _key(health: Health) -> tuple[str, bool]:
    if not health.has_key:
        return gettext("Missing: nobody has entered one"), True
    if health.key_refused:
        return gettext("Refused: enter it again, or check the subscription"), True
    if health.provider.last_success_at is None:
        return gettext("Entered, not tried yet"), False
    return gettext("Accepted"), False


def _errors(health: Health) -> str:
    if health.error_rate is None:
        return gettext("No calls")
    words = ngettext(
        "{errors} of {count} call failed ({share} %)",
        "{errors} of {count} calls failed ({share} %)",
        health.calls,
    )
    share = figure(health.error_rate * 100)
    return words.format(errors=health.errors, count=health.calls, share=share)


def _first_token(health: Health) -> str:
    if health.first_token is None:
        return gettext("No answer to measure")
    seconds = figure(health.first_token, 1)
    return gettext("Half of the answers begin within {seconds} s").format(seconds=seconds)


def _moment(at: datetime) -> Any:
    local = timezone.localtime(at)
    if local.date() == timezone.localdate():
        return time_format(local, "TIME_FORMAT")
    return date_format(local, "SHORT_DATETIME_FORMAT")
