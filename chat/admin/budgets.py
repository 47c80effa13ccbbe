"""Budgets: who may use how much, and what is used of each now."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Count, DecimalField, F, Max, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.domain.budget_counts import count_anew
from chat.domain.budget_words import quantity
from chat.models import Budget
from chat.models.budget import BudgetPeriod, BudgetUnit

from .audited import Audited
from .figures import TrimmedDecimalField
from .rights import ListedLookups, named

if TYPE_CHECKING:
    Form = forms.ModelForm[Budget]
else:
    # The class knows its type parameter only in the stubs.
    Form = forms.ModelForm


# Who changes one of these needs to be told anew how much is used.
COUNTED = {"user", "group", "each", "exception", "period", "unit", "currency", "enabled"}


class BudgetForm(Form):
    class Meta:
        model = Budget
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("user") and given.get("group"):
            self.add_error("group", _("Choose a person or a team, not both."))
        if given.get("exception") and not given.get("user"):
            self.add_error("user", _("An exception is for one person: choose whom."))
        self._clean_unit(given)
        if (given.get("raised_limit") is None) != (given.get("raised_until") is None):
            missing = "raised_until" if given.get("raised_until") is None else "raised_limit"
            self.add_error(missing, _("To raise a limit, enter the amount and the last day."))
        return given

    def _clean_unit(self, given: dict[str, Any]) -> None:
        if given.get("unit") == BudgetUnit.MONEY and not given.get("currency"):
            self.add_error("currency", _("An amount of money needs a currency."))
        elif given.get("unit") == BudgetUnit.TOKENS:
            given["currency"] = ""


class BudgetAdmin(Audited, ListedLookups):
    form = BudgetForm
    list_display = ["whom", "how_long", "most", "used", "kind", "raised", "enabled"]
    list_filter = [("period", named(_("period"))), ("unit", named(_("unit"))), "enabled"]
    formfield_overrides = {DecimalField: {"form_class": TrimmedDecimalField}}
    list_select_related = ["user", "group"]
    search_fields = ["user__email", "user__name", "group__name"]
    search_help_text = _("Name, email or team")
    ordering = ["user__email", "group__name", "period", "id"]
    actions = None
    fieldsets = [
        (_("For whom"), {"fields": ["user", "group", "each", "exception"]}),
        (_("How much"), {"fields": ["period", "unit", "currency", "limit", "hard", "enabled"]}),
        (_("Raised for a while"), {"fields": ["raised_limit", "raised_until"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = timezone.localdate()
        running = Q(period=BudgetPeriod.DAY, spends__starts=today)
        running |= Q(period=BudgetPeriod.MONTH, spends__starts=today.replace(day=1))
        taken = F("spends__spent") + F("spends__reserved")
        rows = super().get_queryset(request)
        most, users = Max(taken, filter=running), Count("spends", filter=running)
        return cast("QuerySet[Any]", rows.annotate(most_used=most, users=users))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if COUNTED & set(form.changed_data) or not change:
            count_anew(obj)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        rows = db_field.related_model.objects
        if db_field.name == "group":
            kwargs["queryset"] = rows.filter(role=None).order_by("name")
        elif db_field.name == "user":
            kwargs["queryset"] = rows.order_by("email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("for whom"))
    def whom(self, budget: Budget) -> str:
        if budget.user:
            name = budget.user.name or budget.user.email
            return gettext("{name} (exception)").format(name=name) if budget.exception else name
        if budget.each and not budget.group:
            return gettext("each person")
        team = budget.group.name if budget.group else gettext("everyone")
        each, together = gettext("each of {team}"), gettext("{team} together")
        return (each if budget.each else together).format(team=team)

    @admin.display(description=_("for"), ordering="period")
    def how_long(self, budget: Budget) -> str:
        return str(budget.get_period_display())

    @admin.display(description=_("limit"), ordering="limit")
    def most(self, budget: Budget) -> str:
        return quantity(budget, budget.limit_on(timezone.localdate()))

    @admin.display(description=_("used now"))
    def used(self, budget: Any) -> str:
        """Of a budget for each person: what the one who used most has used."""
        taken = budget.most_used or Decimal(0)
        limit = budget.limit_on(timezone.localdate())
        share = int(100 * taken / limit) if limit else 100
        words = gettext("{amount} ({percent} %)").format(
            amount=quantity(budget, taken), percent=share
        )
        if not budget.each or budget.user_id is not None or not budget.users:
            return words
        people = ngettext("{count} person", "{count} people", budget.users)
        most = gettext("at most {words}; {people}")
        return most.format(words=words, people=people.format(count=budget.users))

    @admin.display(description=_("hard"), boolean=True, ordering="hard")
    def kind(self, budget: Budget) -> bool:
        return budget.hard

    @admin.display(description=_("raised until"), ordering="raised_until")
    def raised(self, budget: Budget) -> str:
        return date_format(budget.raised_until, "DATE_FORMAT") if budget.raised_until else "–"
