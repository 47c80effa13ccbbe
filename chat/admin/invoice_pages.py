"""Invoices: what a provider billed for a month, entered and compared with the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from chat.domain import invoices
from chat.domain.periods import month_before
from chat.models import Invoice, Provider, User
from chat.models.price import MONEY, is_currency

from .rights import require_usage
from .usage_choices import known_models

AMOUNT: dict[str, Any] = {"required": False, "min_value": 0, **MONEY}
MOST_TOKENS = (1 << 63) - 1


class MonthField(forms.DateField):
    """A month as browsers send it: 2026-03."""

    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m", "%Y-%m-%d"], **options)


class WhichForm(forms.Form):
    """Whose invoice, and of which month."""

    provider = forms.ChoiceField(label=_("Provider"))
    month = MonthField(label=_("Month"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = {name for name, _model in known_models()}
        names |= set(Provider.objects.values_list("name", flat=True))
        cast("Any", self.fields["provider"]).choices = [(name, name) for name in sorted(names)]


class InvoiceForm(forms.Form):
    amount = forms.DecimalField(label=_("Amount"), min_value=0, **MONEY)
    currency = forms.CharField(label=_("Currency"), max_length=3, validators=[is_currency])
    total_tokens = forms.IntegerField(
        label=_("Tokens, if stated"), required=False, min_value=0, max_value=MOST_TOKENS
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, models: list[str], *args: Any, **options: Any) -> None:
        """With an amount and a number of tokens for each of the models."""
        super().__init__(*args, **options)
        self.models = models
        for number, name in enumerate(models):
            self.fields[f"amount_{number}"] = forms.DecimalField(
                label=_("Amount for {model}").format(model=name), **AMOUNT
            )
            self.fields[f"tokens_{number}"] = forms.IntegerField(
                label=_("Tokens for {model}").format(model=name),
                required=False,
                min_value=0,
                max_value=MOST_TOKENS,
            )

    @property
    def plain(self) -> list[Any]:
        return [self[name] for name in ("amount", "currency", "total_tokens", "note")]

    @property
    def lines(self) -> list[tuple[str, Any, Any]]:
        return [
            (name, self[f"amount_{number}"], self[f"tokens_{number}"])
            for number, name in enumerate(self.models)
        ]

    def billed(self) -> dict[str, dict[str, Any]]:
        """What was stated for each model, as Invoice keeps it."""
        found = {}
        for number, name in enumerate(self.models):
            amount = self.cleaned_data[f"amount_{number}"]
            tokens = self.cleaned_data[f"tokens_{number}"]
            if amount is not None or tokens is not None:
                found[name] = {"amount": _text(amount), "tokens": tokens}
        return found


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    require_usage(request)
    last_month = month_before(timezone.localdate())
    which = WhichForm(initial={"month": last_month})
    return _page(request, "invoices", title=_("Invoices"), billed=invoices.listed(), which=which)


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    _require_entering(request)
    which = WhichForm(request.GET)
    if not which.is_valid():
        return redirect("admin:usage_invoices")
    provider, month = which.cleaned_data["provider"], which.cleaned_data["month"].replace(day=1)
    found = invoices.used(provider, month)
    usual = {"currency": invoices.currency_of(found.values())}
    form = InvoiceForm(sorted(found), request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid():
        return _entered(request, provider, month, form)
    title = _("Invoice of {provider}").format(provider=provider)
    return _page(request, "invoice_form", title=title, form=form, month=month)


def _entered(request: HttpRequest, provider: str, month: date, form: InvoiceForm) -> HttpResponse:
    stated = {
        name: form.cleaned_data[name] for name in ("amount", "currency", "total_tokens", "note")
    }
    user = cast("User", request.user)
    invoice = invoices.enter(user, provider, month, models_billed=form.billed(), **stated)
    messages.success(request, _("The invoice is kept."))
    return redirect("admin:usage_invoice", invoice.id)


@require_GET
def detail(request: HttpRequest, invoice_id: int) -> HttpResponse:
    require_usage(request)
    invoice = get_object_or_404(Invoice, id=invoice_id)
    billed, models = invoices.by_model(invoice)
    others = Invoice.objects.filter(provider_name=invoice.provider_name, month=invoice.month)
    return _page(
        request,
        "invoice",
        title=_("Invoice of {provider}").format(provider=invoice.provider_name),
        billed=billed,
        models=models,
        entries=list(others.order_by("-id")),
    )


def _require_entering(request: HttpRequest) -> None:
    require_usage(request)
    if not request.user.has_perm("chat.enter_invoice"):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    everywhere = admin.site.each_context(request)
    return TemplateResponse(request, f"admin/usage/{template}.html", {**everywhere, **context})
