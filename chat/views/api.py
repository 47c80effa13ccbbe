"""Read-only JSON about usage for other programs, opened by a token."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from chat.domain import api_tokens, limits, usage_api
from chat.domain.api_tokens import Scope

from .api_schema import schema_for

REQUESTS_PER_MINUTE = 120
View = Callable[[HttpRequest], HttpResponse]


def with_token(scope: Scope) -> Callable[[View], View]:
    """`Authorization: Bearer <token>`, and nothing else: no session opens these."""

    def decorate(view: View) -> View:
        @require_GET
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            kind, _space, plain = request.headers.get("Authorization", "").partition(" ")
            token = api_tokens.find(plain.strip()) if kind.lower() == "bearer" else None
            if token is None:
                return _unknown()
            if scope not in token.scopes:
                return problem(403, "scope", f"This token may not read: {scope.value}.")
            if not limits.within("api", token.id, REQUESTS_PER_MINUTE, 60):
                return problem(429, "rate", f"At most {REQUESTS_PER_MINUTE} requests a minute.")
            return view(request)

        return guarded

    return decorate


def problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)


def _unknown() -> JsonResponse:
    response = problem(401, "token", "Send a valid token: Authorization: Bearer chatsite_…")
    response["WWW-Authenticate"] = "Bearer"
    return response


class SumsForm(forms.Form):
    first = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    last = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    group_by = forms.CharField(required=False, max_length=100)

    def clean_group_by(self) -> list[str]:
        names = [name.strip() for name in self.cleaned_data["group_by"].split(",") if name.strip()]
        if unknown := [name for name in names if name not in usage_api.DIMENSIONS]:
            raise forms.ValidationError(f"Unknown: {', '.join(unknown)}.")
        return list(dict.fromkeys(names))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        today = timezone.localdate()
        cleaned["first"] = cleaned.get("first") or today.replace(day=1)
        cleaned["last"] = cleaned.get("last") or today
        if cleaned["first"] > cleaned["last"]:
            self.add_error("last", "This day is before the first one.")
        return cleaned


class RecordsForm(forms.Form):
    after = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    limit = forms.IntegerField(required=False, min_value=1, max_value=usage_api.MOST_RECORDS)


@with_token(Scope.SUMS)
def sums(request: HttpRequest) -> HttpResponse:
    form = SumsForm(request.GET)
    if not form.is_valid():
        return _invalid(form)
    asked = form.cleaned_data
    rows = usage_api.sums(asked["first"], asked["last"], asked["group_by"])
    if len(rows) > usage_api.MOST_GROUPS:
        return problem(400, "too_many", "Ask for fewer days or fewer dimensions.")
    answer = {
        "first": asked["first"].isoformat(),
        "last": asked["last"].isoformat(),
        "time_zone": timezone.get_default_timezone_name(),
        "group_by": asked["group_by"],
        "rows": rows,
    }
    return JsonResponse(answer)


@with_token(Scope.RECORDS)
def records(request: HttpRequest) -> HttpResponse:
    form = RecordsForm(request.GET)
    if not form.is_valid():
        return _invalid(form)
    limit = form.cleaned_data["limit"] or usage_api.MOST_RECORDS
    rows = usage_api.records(form.cleaned_data["after"] or 0, limit)
    following = rows[-1]["id"] if len(rows) == limit else None
    return JsonResponse({"records": rows, "next": following})


@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI; it tells nothing about anybody, so it is open."""
    return JsonResponse(schema_for(request.build_absolute_uri("/")))


def _invalid(form: forms.Form) -> JsonResponse:
    words = "; ".join(
        f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()
    )
    return problem(400, "parameters", words)
