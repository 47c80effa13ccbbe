"""Small helps for templates: icons, the site's name, tokens and durations as people read them."""

from datetime import date, datetime, timedelta

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.domain.figures import figure

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from templates/_icons.html; says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', name
    )


@register.simple_tag
def site_name() -> str:
    return str(settings.SITE_NAME)


@register.filter
def tokens(count: int | None) -> str:
    """Grouped in thousands; a dash for what nobody reported, which is not 0."""
    return "\u2013" if count is None else figure(count)


@register.filter
def duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return _("{seconds} s").format(seconds=figure(seconds, 1))
    minutes, rest = divmod(round(seconds), 60)
    return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)


@register.filter
def last_day(end: datetime) -> date:
    """The last day of something that ends with a day, which is the first moment of the next."""
    return timezone.localdate(end - timedelta(seconds=1))
