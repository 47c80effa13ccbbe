"""What the usage page was asked for: a period, a search, an order, a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.domain.periods import Period, Span

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class UsageFilter(forms.Form):
    period = forms.ChoiceField(choices=Span.choices, required=False, widget=forms.HiddenInput)
    first = forms.DateField(label=_("From"), required=False, widget=DAY)
    last = forms.DateField(label=_("To"), required=False, widget=DAY)
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or email")}),
    )
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", _("This day is before the first one."))
        return cleaned


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """`span` is CUSTOM when other days were chosen than those of a named span."""

    form: UsageFilter
    span: str
    period: Period
    search: str
    sort: str
    page: int

    @classmethod
    def read(cls, data: QueryDict) -> UsageQuery:
        """What cannot be understood is shown as an error and replaced by this month."""
        asked = UsageFilter(data)
        fields = asked.cleaned_data if asked.is_valid() else {}
        span, period = _period(fields, timezone.localdate())
        shown = {"period": span, "first": period.first, "last": period.last}
        form = UsageFilter(initial={**fields, **shown}) if asked.is_valid() else asked
        page = data.get("page", "")
        return cls(
            form=form,
            span=span,
            period=period,
            search=fields.get("q", "").strip(),
            sort=fields.get("sort") or "-total",
            page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,
        )


def _period(fields: dict[str, Any], today: date) -> tuple[str, Period]:
    """A named span holds as long as nobody typed other days beside it."""
    span = fields.get("period") or Span.THIS_MONTH
    typed = Period(fields.get("first"), fields.get("last"))
    if typed == Period():
        return (Span.THIS_MONTH if span == Span.CUSTOM else span), Period.of(span, today)
    if span != Span.CUSTOM and typed == Period.of(span, today):
        return span, typed
    return Span.CUSTOM, typed
