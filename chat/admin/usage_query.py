"""What a usage page was asked for: a range, filters, groups, an order, a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.domain.periods import Period, Span
from chat.domain.usage_people import People
from chat.domain.usage_sums import DIMENSIONS, Where

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NAMES = {
    "user": _("Person"),
    "team": _("Team"),
    "provider": _("Provider"),
    "model": _("Model"),
    "purpose": _("Purpose"),
    "outcome": _("Outcome"),
    "day": _("Day"),
    "week": _("Week"),
    "month": _("Month"),
}
NESTED = ("team,user,model", "provider,model,user", "model,user", "month,model")
FILTERS = ("team", "provider", "model", "purpose", "outcome")
TIMES = {"day", "week", "month"}
# What is always shown of the form; the rest can be opened.
FIRST = ("first", "last", "group", "q")
MORE = (*FILTERS, "bars", "measure")
MEASURES = {"total": _("Tokens"), "calls": _("Calls")}


def _hidden(length: int = 20) -> forms.CharField:
    return forms.CharField(required=False, max_length=length, widget=forms.HiddenInput)


class UsageFilter(forms.Form):
    period = forms.ChoiceField(choices=Span.choices, required=False, widget=forms.HiddenInput)
    first = forms.DateField(label=_("From"), required=False, widget=DAY)
    last = forms.DateField(label=_("To"), required=False, widget=DAY)
    group = forms.CharField(label=_("Grouped by"), required=False, max_length=40)
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or email")}),
    )
    team = forms.CharField(label=_("Team"), required=False, max_length=150)
    provider = forms.CharField(label=_("Provider"), required=False, max_length=80)
    model = forms.CharField(label=_("Model"), required=False, max_length=200)
    purpose = forms.CharField(label=_("Purpose"), required=False, max_length=10)
    outcome = forms.CharField(label=_("Outcome"), required=False, max_length=12)
    bars = forms.CharField(label=_("Bars by"), required=False, max_length=5)
    measure = forms.CharField(label=_("Bars show"), required=False, max_length=5)
    user = forms.IntegerField(required=False, min_value=0, max_value=1 << 62)
    sort = _hidden()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", _("This day is before the first one."))
        return cleaned


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """`span` is CUSTOM when other days were chosen than those of a named span.

    `fields` are the texts that were understood, as they stand in the address.
    """

    form: UsageFilter
    span: str
    period: Period
    groups: tuple[str, ...]
    sort: str
    search: str
    page: int
    fields: dict[str, str]
    user: int | None

    @classmethod
    def read(cls, data: QueryDict) -> UsageQuery:
        """What cannot be understood is shown as an error and replaced by this month."""
        asked = UsageFilter(data)
        cleaned = asked.cleaned_data if asked.is_valid() else {}
        span, period = _period(cleaned, timezone.localdate())
        shown = {"period": span, "first": period.first, "last": period.last}
        groups = _groups(cleaned.get("group", ""))
        page = data.get("page", "")
        return cls(
            form=UsageFilter(initial={**cleaned, **shown}) if asked.is_valid() else asked,
            span=span,
            period=period.within_reason(),
            groups=groups,
            sort=cleaned.get("sort") or ("time" if groups[0] in TIMES else "-total"),
            search=cleaned.get("q", "").strip(),
            page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 7 else 1,
            fields=_texts(cleaned, span, period),
            user=cleaned.get("user"),
        )

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in FIRST]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in MORE]

    @property
    def has_more(self) -> bool:
        """Something is chosen, or wrong, among the fields that can be opened."""
        if any(name in self.form.errors for name in MORE):
            return True
        chosen = {name: self.fields.get(name, "") for name in MORE}
        return any(chosen.values()) and chosen != dict.fromkeys(MORE, "") | {"measure": "total"}

    def where(self, people: People) -> Where:
        users: tuple[int, ...] | None = None if self.user is None else (self.user,)
        if self.search:
            found = people.matching(self.search)
            users = found if users is None else tuple(set(found) & set(users))
        return Where(users, **{name: self.fields.get(name, "") for name in FILTERS})

    def address(self, **changes: Any) -> str:
        """The query string of this view with some fields changed; None and "" take one away."""
        fields = {**self.fields, **changes}
        return "?" + urlencode({name: value for name, value in fields.items() if value != ""})


def _texts(cleaned: dict[str, Any], span: str, period: Period) -> dict[str, str]:
    texts = {name: "" if value is None else str(value) for name, value in cleaned.items()}
    if span == Span.CUSTOM:
        texts["period"] = ""
        texts |= {"first": _iso(period.first), "last": _iso(period.last)}
    else:
        texts |= {"period": span, "first": "", "last": ""}
    return texts


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _groups(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for name in text.split(",") if name in DIMENSIONS))
    return names[:3] or ("user",)


def _period(fields: dict[str, Any], today: date) -> tuple[str, Period]:
    """A named span holds as long as nobody typed other days beside it."""
    span = fields.get("period") or Span.THIS_MONTH
    typed = Period(fields.get("first"), fields.get("last"))
    if typed == Period():
        return (Span.THIS_MONTH if span == Span.CUSTOM else span), Period.of(span, today)
    if span != Span.CUSTOM and typed == Period.of(span, today):
        return span, typed
    return Span.CUSTOM, typed
