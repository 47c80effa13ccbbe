"""Adds a correction to a record of the ledger: a new row with the differences and a note."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chat.domain import ledger
from chat.models import UsageRecord, User
from chat.models.price import MONEY, is_currency

from .rights import require_usage

MOST = 1 << 50
TOKENS: dict[str, Any] = {"required": False, "min_value": -MOST, "max_value": MOST}


class CorrectionForm(forms.Form):
    """Differences: what is to be added, or with a minus taken away."""

    prompt_tokens = forms.IntegerField(label=_("Prompt tokens, difference"), **TOKENS)
    completion_tokens = forms.IntegerField(label=_("Completion tokens, difference"), **TOKENS)
    cost = forms.DecimalField(label=_("Cost, difference"), required=False, **MONEY)
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, validators=[is_currency]
    )
    note = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, record: UsageRecord, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.record = record
        if record.currency:
            del self.fields["currency"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        amounts = [cleaned.get(name) for name in ("prompt_tokens", "completion_tokens", "cost")]
        if not any(amounts) and not self.errors:
            raise forms.ValidationError(_("Enter a difference of tokens or of cost."))
        if cleaned.get("cost") and not (self.record.currency or cleaned.get("currency")):
            self.add_error("currency", _("An amount of money needs a currency."))
        return cleaned

    def differences(self) -> dict[str, Any]:
        given = self.cleaned_data
        prompt, completion = given["prompt_tokens"] or 0, given["completion_tokens"] or 0
        found: dict[str, Any] = {"cost": given["cost"]}
        if prompt or completion:
            found |= {"prompt_tokens": prompt, "completion_tokens": completion}
            found["total_tokens"] = prompt + completion
        if given.get("currency"):
            found["currency"] = given["currency"]
        return found


@require_http_methods(["GET", "POST"])
def correct_page(request: HttpRequest, record_id: int) -> HttpResponse:
    require_usage(request)
    if not request.user.has_perm("chat.correct_ledger"):
        raise PermissionDenied
    record = get_object_or_404(UsageRecord, id=record_id)
    form = CorrectionForm(record, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = cast("User", request.user)
        made = ledger.correct_by(user, record, form.differences(), form.cleaned_data["note"])
        messages.success(request, _("The correction is added as a record of its own."))
        return redirect("admin:chat_usagerecord_change", made.id)
    context = {**admin.site.each_context(request), "title": _("Add a correction")}
    return TemplateResponse(
        request, "admin/usage/correct.html", {**context, "form": form, "record": record}
    )
